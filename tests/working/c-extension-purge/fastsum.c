#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *total(PyObject *self, PyObject *argument)
{
    PyObject *items = PySequence_Fast(argument, "expected a sequence");
    long sum = 0;
    if (items == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items); i++)
        sum += PyLong_AsLong(PySequence_Fast_GET_ITEM(items, i));
    Py_DECREF(items);
    return PyLong_FromLong(sum);
}

static PyMethodDef methods[] = {{"total", total, METH_O, "Sum of a sequence of ints."}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "fastsum", NULL, -1, methods};

PyMODINIT_FUNC PyInit_fastsum(void)
{
    return PyModule_Create(&module);
}
