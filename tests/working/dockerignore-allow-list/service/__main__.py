import yaml

print("answer", yaml.safe_load(open("config/prod.yaml"))["answer"])
