from text_unidecode import unidecode

print(unidecode("Größe, señor"))
