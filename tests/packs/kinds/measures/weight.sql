---
measure: kinds.weight
label: {ar: "weight", zh: "weight", en: "weight", fr: "weight", ru: "weight", es: "weight"}
unit: thing
parameters: {}
aggregate: sum
column: weight
keywords: {ar: ["weight"], zh: ["weight"], en: ["weight"], fr: ["weight"], ru: ["weight"], es: ["weight"]}
---
SELECT record_id, weight FROM thing
