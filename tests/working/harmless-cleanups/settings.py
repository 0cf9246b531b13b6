import inflection

print(inflection.pluralize("clean-up"))
