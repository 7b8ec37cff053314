---
measure: kinds.colours
label: {ar: "colours", zh: "colours", en: "colours", fr: "colours", ru: "colours", es: "colours"}
unit: thing
parameters: {}
aggregate: count_distinct
column: colour
keywords: {ar: ["colours"], zh: ["colours"], en: ["colours"], fr: ["colours"], ru: ["colours"], es: ["colours"]}
---
SELECT record_id, colour FROM thing WHERE colour IS NOT NULL
