const fs = require("fs");
const he = require("he");
const mustache = require("mustache");

fs.mkdirSync("dist", { recursive: true });
const text = mustache.render("<p>{{{text}}}</p>", { text: he.encode("a < b") });
fs.writeFileSync("dist/index.html", text + "\n");
