//! Rules over several records of a register: periods that may not overlap, sums that may not
//! exceed what the linked record says.

use std::collections::{BTreeMap, HashMap, HashSet};

use minijinja::Environment;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::register::{Exclusive, Limit};
use crate::rule::{Rule, parse_body};
use crate::value::{fill, plain};
use crate::{Body, Diagnostic, Language, Place, Programme, Snapshot};

/// A record that a decision records, where it stands in what was given.
pub(crate) struct Touched {
    pub(crate) place: Place,
    pub(crate) key: String,
    pub(crate) body: Body,
}

/// The records of a register as a decision leaves them: what stays, and what it records.
struct After<'a> {
    stays: Vec<(&'a str, Body)>,
    touched: &'a [Touched],
}

impl<'a> After<'a> {
    fn new(
        snapshot: &'a Snapshot,
        register: &str,
        touched: &'a [Touched],
        withdrawn: &HashSet<String>,
    ) -> Self {
        let keys: HashSet<&str> = touched.iter().map(|record| record.key.as_str()).collect();
        let stays = snapshot
            .records(register)
            .filter(|(key, _)| !keys.contains(key) && !withdrawn.contains(*key))
            .map(|(key, raw)| (key, parse_body(raw)));
        Self { stays: stays.collect(), touched }
    }

    /// Every record; the place of those that are new.
    fn each(&self) -> impl Iterator<Item = (&str, &Body, Option<&Place>)> {
        let stays = self.stays.iter().map(|(key, body)| (*key, body, None));
        let touched = self.touched.iter();
        stays.chain(touched.map(|record| (record.key.as_str(), &record.body, Some(&record.place))))
    }
}

/// Finds what a decision over `register` breaks. `linked` gives a record that is linked to.
pub(crate) fn check(
    programme: &Programme,
    snapshot: &Snapshot,
    register: &str,
    touched: &[Touched],
    withdrawn: &HashSet<String>,
    linked: impl Fn(&str, &str) -> Option<Body>,
) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let Some(declared) = programme.registers.get(register) else { return problems };
    if !declared.exclusive.is_empty() || !declared.limits.is_empty() {
        let after = After::new(snapshot, register, touched, withdrawn);
        for exclusive in &declared.exclusive {
            overlaps(register, exclusive, &after, &mut problems);
        }
        for limit in &declared.limits {
            let target = declared.fields.get(&limit.by).and_then(|field| field.register.as_deref());
            let Some(target) = target else { continue };
            for (key, sum) in sums(limit, &after) {
                let Some(place) = sum.place else { continue };
                let most = linked(target, &key);
                let most = most.as_ref().and_then(|record| record.get(&limit.most));
                problems.extend(exceeds(limit, &sum, most, &place.clone().field(&limit.sum)));
            }
        }
    }
    // What this register says may also be what others must not exceed.
    for (other, limit) in programme.limits_on(register) {
        let after = After::new(snapshot, other, &[], &HashSet::new());
        let sums = sums(limit, &after);
        for record in touched {
            let Some(sum) = sums.get(&record.key) else { continue };
            let place = record.place.clone().field(&limit.most);
            problems.extend(exceeds(limit, sum, record.body.get(&limit.most), &place));
        }
    }
    problems.extend(linking_rules(programme, snapshot, register, touched));
    problems
}

/// Rules of other registers that speak of what these records now say.
fn linking_rules(
    programme: &Programme,
    snapshot: &Snapshot,
    register: &str,
    touched: &[Touched],
) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    // Nothing can link to what is new.
    let changed: HashMap<&str, &Touched> = touched
        .iter()
        .filter(|record| snapshot.held(register, &record.key).is_some())
        .map(|record| (record.key.as_str(), record))
        .collect();
    if changed.is_empty() {
        return problems;
    }
    let environment = Environment::new();
    for other in programme.ruled_by(register).into_iter().filter(|other| *other != register) {
        let declared = &programme.registers[other];
        let rules: Vec<Rule<'_>> = declared
            .rules
            .iter()
            .filter_map(|rule| Rule::compile(&environment, rule).ok())
            .collect();
        let links: Vec<&str> = declared
            .fields
            .iter()
            .filter(|(_, field)| field.register.as_deref() == Some(register))
            .map(|(name, _)| name.as_str())
            .collect();
        for (key, raw) in snapshot.records(other) {
            let body = parse_body(raw);
            let reached = links.iter().find_map(|link| changed.get(body.get(*link)?.as_str()?));
            let Some(record) = reached else { continue };
            let linked = |field: &str, key: &str| {
                let target = declared.fields.get(field)?.register.as_deref()?;
                match changed.get(key).filter(|_| target == register) {
                    Some(record) => Some(record.body.clone()),
                    None => snapshot.body(target, key),
                }
            };
            for rule in rules.iter().filter(|rule| rule.holds(&body, linked) == Some(false)) {
                let message = fill(&rule.message.en, |path| match path.split_once('.') {
                    None => Some(plain(body.get(path)?, Language::En)),
                    Some((link, field)) => {
                        let record = linked(link, body.get(link)?.as_str()?)?;
                        Some(plain(record.get(field)?, Language::En))
                    }
                });
                problems.push(
                    Diagnostic::error(
                        record.place.clone(),
                        format!("a change that breaks a rule of `{other}/{key}`: {message}"),
                    )
                    .expected("a change after which what links to the record still holds"),
                );
            }
        }
    }
    problems
}

/// Two records of a group whose periods share a day, at least one of them new.
fn overlaps(
    register: &str,
    exclusive: &Exclusive,
    after: &After<'_>,
    problems: &mut Vec<Diagnostic>,
) {
    type Held<'h> = (String, String, &'h str, Option<&'h Place>);
    let mut groups: BTreeMap<String, Vec<Held<'_>>> = BTreeMap::new();
    for (key, body, place) in after.each() {
        let part = |name: &str| Some(body.get(&exclusive.period)?[name].as_str()?.to_owned());
        let (Some(from), Some(to)) = (part("from"), part("to")) else { continue };
        let group = exclusive.within.iter().map(|field| {
            body.get(field).map_or_else(String::new, std::string::ToString::to_string)
        });
        let group = group.collect::<Vec<_>>().join("\u{0}");
        groups.entry(group).or_default().push((from, to, key, place));
    }
    for held in groups.values_mut() {
        held.sort_by(|a, b| (&a.0, &a.1, a.2).cmp(&(&b.0, &b.1, b.2)));
        // Whoever reaches furthest of those that began before.
        let mut furthest: Option<&Held<'_>> = None;
        for next in held.iter() {
            if let Some(before) = furthest
                && next.0 <= before.1
                && let Some(place) = next.3.or(before.3)
            {
                problems.push(
                    Diagnostic::error(
                        place.clone().field(&exclusive.period),
                        exclusive.message.en.as_str(),
                    )
                    .expected(format!(
                        "no day in common; `{register}/{}` has {}..{}, `{register}/{}` has {}..{}",
                        before.2, before.0, before.1, next.2, next.0, next.1
                    ))
                    .hint("correct one of the two periods"),
                );
            }
            if furthest.is_none_or(|before| before.1 < next.1) {
                furthest = Some(next);
            }
        }
    }
}

/// What the records of one group add up to.
#[derive(Default)]
struct Sum<'a> {
    total: Decimal,
    /// The currencies that occur; none for plain numbers.
    currencies: Vec<String>,
    /// The first new record of the group.
    place: Option<&'a Place>,
}

fn sums<'a>(limit: &Limit, after: &'a After<'_>) -> BTreeMap<String, Sum<'a>> {
    let mut sums: BTreeMap<String, Sum<'a>> = BTreeMap::new();
    for (_, body, place) in after.each() {
        let Some(group) = body.get(&limit.by).and_then(Value::as_str) else { continue };
        let Some((amount, currency)) = body.get(&limit.sum).and_then(amount) else { continue };
        let sum = sums.entry(group.to_owned()).or_default();
        // No sum is so large.
        sum.total = sum.total.checked_add(amount).unwrap_or(Decimal::MAX);
        if let Some(currency) = currency.filter(|currency| !sum.currencies.contains(currency)) {
            sum.currencies.push(currency);
        }
        sum.place = sum.place.or(place);
    }
    sums
}

/// A number, or an amount with its currency.
fn amount(value: &Value) -> Option<(Decimal, Option<String>)> {
    match value {
        Value::Number(number) => Some((number.as_i64()?.into(), None)),
        Value::String(text) => Some((text.parse().ok()?, None)),
        Value::Object(parts) => Some((
            parts.get("amount")?.as_str()?.parse().ok()?,
            Some(parts.get("currency")?.as_str()?.to_owned()),
        )),
        _ => None,
    }
}

/// What is wrong with a sum beside what it must not exceed. Where that is not said, nothing is.
fn exceeds(
    limit: &Limit,
    sum: &Sum<'_>,
    most: Option<&Value>,
    place: &Place,
) -> Option<Diagnostic> {
    let most = most?;
    let (allowed, currency) = amount(most)?;
    let written = match sum.currencies.as_slice() {
        [] => sum.total.to_string(),
        currencies => format!("{} {}", sum.total, currencies.join("+")),
    };
    if sum.currencies.iter().any(|other| Some(other) != currency.as_ref()) {
        return Some(
            Diagnostic::error(
                place.clone(),
                format!(
                    "amounts in {} beside {}",
                    sum.currencies.join(", "),
                    plain(most, Language::En)
                ),
            )
            .expected("amounts in one currency, since two are never added"),
        );
    }
    (sum.total > allowed).then(|| {
        let message = fill(&limit.message.en, |name| match name {
            "sum" => Some(written.clone()),
            "most" => Some(plain(most, Language::En)),
            _ => None,
        });
        Diagnostic::error(place.clone(), message)
            .expected(format!("at most {} in all, not {written}", plain(most, Language::En)))
    })
}
