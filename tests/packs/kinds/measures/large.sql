---
measure: kinds.large
label: {ar: "large", zh: "large", en: "large", fr: "large", ru: "large", es: "large"}
unit: thing
parameters: {least: {type: integer, default: 10}, sold: {type: boolean, default: true}}
aggregate: count
keywords: {ar: ["large"], zh: ["large"], en: ["large"], fr: ["large"], ru: ["large"], es: ["large"]}
---
SELECT record_id FROM thing WHERE count > $least AND sold = $sold
