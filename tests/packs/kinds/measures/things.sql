---
measure: kinds.things
label: {ar: "things", zh: "things", en: "things", fr: "things", ru: "things", es: "things"}
unit: thing
parameters: {}
aggregate: count
keywords: {ar: ["things"], zh: ["things"], en: ["things"], fr: ["things"], ru: ["things"], es: ["things"]}
---
SELECT record_id FROM thing
