---
measure: kinds.marked
label: {ar: "marked", zh: "marked", en: "marked", fr: "marked", ru: "marked", es: "marked"}
unit: thing
parameters: {mark: {type: text}}
aggregate: count
keywords: {ar: ["marked"], zh: ["marked"], en: ["marked"], fr: ["marked"], ru: ["marked"], es: ["marked"]}
---
SELECT record_id FROM thing WHERE array_has(marks, $mark)
