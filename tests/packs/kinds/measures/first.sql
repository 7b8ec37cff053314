---
measure: kinds.first
label: {ar: "first", zh: "first", en: "first", fr: "first", ru: "first", es: "first"}
unit: thing
parameters: {}
aggregate: min
column: made
keywords: {ar: ["first"], zh: ["first"], en: ["first"], fr: ["first"], ru: ["first"], es: ["first"]}
---
SELECT record_id, made FROM thing
