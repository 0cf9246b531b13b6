import inflection

print(inflection.camelize("crlf_is_fine"))
