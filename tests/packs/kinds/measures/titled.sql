---
measure: kinds.titled
label: {ar: "titled", zh: "titled", en: "titled", fr: "titled", ru: "titled", es: "titled"}
unit: thing
parameters: {title: {type: text}}
aggregate: count
keywords: {ar: ["titled"], zh: ["titled"], en: ["titled"], fr: ["titled"], ru: ["titled"], es: ["titled"]}
---
SELECT record_id FROM thing WHERE title_fr = $title
