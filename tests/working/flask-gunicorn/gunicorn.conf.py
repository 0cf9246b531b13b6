workers = 1
threads = 2
pidfile = "/run/shop/gunicorn.pid"
accesslog = "-"
