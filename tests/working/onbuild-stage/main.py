import inflection

print(inflection.titleize("working_example"))
