//! Records to the elements of a format, and back.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};

use chancery_model::format::{Element, Format, Given, Value as Said};
use chancery_model::value::{fill, plain};
use chancery_model::{Body, Diagnostic, FieldType, Language, Programme, Register};
use serde_json::{Map, Value};

use crate::xml::{Document, Elements, Node};
use crate::{Cells, Row};

/// Where a writer finds the records around the one in hand.
pub trait Records {
    /// The record that a link means.
    fn linked(&self, register: &str, key: &str) -> Option<Body>;
    /// The records of a register that link to a key by a field, in order.
    fn linking(&self, register: &str, by: &str, key: &str) -> Vec<(String, Body)>;
}

/// Writes records in a format.
pub struct FormatWriter<'a, W: Write> {
    programme: &'a Programme,
    format: &'a Format,
    document: Document<W>,
}

/// A record lacks what its element must have.
struct Lacking;

impl<'a, W: Write> FormatWriter<'a, W> {
    /// `now` is the time of writing, `note` what a reader must know of the whole file.
    pub fn begin(
        programme: &'a Programme,
        format: &'a Format,
        now: &str,
        note: Option<&str>,
        out: W,
    ) -> std::io::Result<Self> {
        let attributes: Vec<(String, String)> = format
            .attributes
            .iter()
            .map(|(name, value)| (name.clone(), value.replace("{now}", now)))
            .collect();
        let document = Document::begin(out, &format.root, &attributes, note)?;
        Ok(Self { programme, format, document })
    }

    /// Writes a record with all that belongs to it; whether it could be.
    pub fn record(
        &mut self,
        key: &str,
        body: &Body,
        records: &impl Records,
    ) -> std::io::Result<bool> {
        let record = &self.format.record;
        let register =
            record.records.as_deref().and_then(|name| self.programme.registers.get(name));
        let scope = Scope { register, key, body };
        match self.node(record, &scope, None, records) {
            Ok(Some(node)) => self.document.node(&node).map(|()| true),
            Ok(None) | Err(Lacking) => Ok(false),
        }
    }

    pub fn end(self) -> std::io::Result<W> {
        self.document.end()
    }

    /// The elements that a description gives for a record.
    fn nodes(
        &self,
        element: &Element,
        scope: &Scope<'_>,
        records: &impl Records,
    ) -> Result<Vec<Node>, Lacking> {
        let mut inner: Vec<(Option<&Register>, String, Body)> = Vec::new();
        if let (Some(register), Some(by)) = (&element.records, &element.by) {
            let declared = self.programme.registers.get(register);
            let linking = records.linking(register, by, scope.key);
            inner.extend(linking.into_iter().map(|(key, body)| (declared, key, body)));
        } else if let Some(each) = &element.each {
            let declared = scope.register.and_then(|register| register.fields.get(each));
            let values = scope.body.get(each).map(chancery_model::value::texts).unwrap_or_default();
            for value in values {
                match declared.and_then(|field| field.register.as_deref()) {
                    Some(target) => {
                        let Some(body) = records.linked(target, value) else { continue };
                        let declared = self.programme.registers.get(target);
                        inner.push((declared, value.to_owned(), body));
                    }
                    None => {
                        let body = Body::from([("code".to_owned(), Value::from(value))]);
                        inner.push((None, value.to_owned(), body));
                    }
                }
            }
        } else {
            return Ok(self.node(element, scope, None, records)?.into_iter().collect());
        }
        // One that lacks something is left out; the shares are those of the others.
        let complete = inner.iter().filter(|(register, key, body)| {
            let scope = Scope { register: *register, key, body };
            matches!(self.node(element, &scope, None, records), Ok(Some(_)))
        });
        let complete: Vec<_> = complete.collect();
        let mut nodes = Vec::new();
        for (index, (register, key, body)) in complete.iter().enumerate() {
            let scope = Scope { register: *register, key, body };
            let share = Some((index, complete.len()));
            nodes.extend(self.node(element, &scope, share, records).ok().flatten());
        }
        if nodes.is_empty() && element.required { Err(Lacking) } else { Ok(nodes) }
    }

    fn node(
        &self,
        element: &Element,
        scope: &Scope<'_>,
        share: Option<(usize, usize)>,
        records: &impl Records,
    ) -> Result<Option<Node>, Lacking> {
        if element.unless.as_ref().is_some_and(|field| scope.body.contains_key(field)) {
            return Ok(None);
        }
        let mut node = Node { name: element.element.clone(), ..Node::default() };
        let (mut asked, mut told) = (false, false);
        for (name, given) in &element.attributes {
            let text = match given {
                Given::Fixed(text) => Some(text.clone()).filter(|text| !text.is_empty()),
                Given::Value(said) => {
                    asked = true;
                    let text = match (said.share_of, share) {
                        (Some(whole), Some((index, count))) => Some(part(whole, index, count)),
                        (Some(_), None) => None,
                        _ => scope.text(said),
                    };
                    told |= text.is_some() && said.share_of.is_none();
                    text
                }
            };
            if let Some(text) = text {
                node.attributes.push((name.clone(), text));
            }
        }
        match &element.text {
            None => {}
            Some(Given::Fixed(text)) => node.text.clone_from(text),
            Some(Given::Value(said)) => {
                asked = true;
                match scope.text(said) {
                    Some(text) => {
                        told = true;
                        node.text = text;
                    }
                    None if element.required => return Err(Lacking),
                    None => return Ok(None),
                }
            }
        }
        for inner in element.holds.iter().filter(|inner| !inner.read_only) {
            asked = true;
            if inner.languages {
                let texts = scope.languages(inner);
                if texts.is_empty() && inner.required {
                    return Err(Lacking);
                }
                node.children.extend(texts);
            } else {
                node.children.extend(self.nodes(inner, scope, records)?);
            }
        }
        told |= !node.children.is_empty();
        match (asked && !told, element.required) {
            (true, true) => Err(Lacking),
            (true, false) => Ok(None),
            (false, _) => Ok(Some(node)),
        }
    }
}

/// The record of which an element speaks.
struct Scope<'s> {
    register: Option<&'s Register>,
    key: &'s str,
    body: &'s Body,
}

impl Scope<'_> {
    fn text(&self, said: &Said) -> Option<String> {
        let value = match said.value.split_once('.') {
            Some((field, part)) => self.body.get(field)?.get(part),
            None => self.body.get(&said.value),
        };
        let text = value.map(|value| plain(value, Language::En)).filter(|text| !text.is_empty());
        let text = match text {
            Some(text) if !said.codes.is_empty() => said.codes.get(&text).cloned(),
            text => text,
        };
        text.or_else(|| said.otherwise.clone())
    }

    /// One element for each language of a text.
    fn languages(&self, element: &Element) -> Vec<Node> {
        let Some(Given::Value(said)) = &element.text else { return Vec::new() };
        let texts = self.body.get(&said.value).or_else(|| self.body.get(said.or.as_ref()?));
        let nodes = Language::ALL.into_iter().filter_map(|language| {
            let text = texts?.get(language.code())?.as_str()?;
            Some(Node {
                name: element.element.clone(),
                attributes: vec![("xml:lang".to_owned(), language.code().to_owned())],
                text: text.to_owned(),
                ..Node::default()
            })
        });
        nodes.collect()
    }
}

/// The part of a whole that one of several gets, in hundredths; all parts make up the whole.
fn part(whole: u32, index: usize, count: usize) -> String {
    let hundredths = u64::from(whole) * 100;
    let (count, index) = (count.max(1) as u64, index as u64);
    let own = hundredths / count + u64::from(index < hundredths % count);
    format!("{}.{:02}", own / 100, own % 100)
}

/// Where a record is looked for, by what one of its fields says.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'s> {
    pub register: &'s str,
    pub field: &'s str,
    pub text: &'s str,
    /// The link and the record that it must lead to.
    pub within: Option<(&'s str, &'s str)>,
}

/// Finds the key of a record.
pub type Find<'a> = dyn Fn(Sought<'_>) -> Option<String> + 'a;

/// What a record of a file gives for one register.
pub struct FormatRow {
    pub register: String,
    pub row: Row,
    /// Whether others link to it and tell of it in passing.
    pub linked: bool,
}

/// Reads a file of a format: the rows that each of its records gives, register by register.
pub fn read_format<'a>(
    programme: &'a Programme,
    format: &'a Format,
    file: &str,
    source: impl BufRead + 'a,
    find: &'a Find<'a>,
) -> impl Iterator<Item = Result<Vec<FormatRow>, Diagnostic>> + 'a {
    let elements = Elements::new(file, source, &format.root, &format.record.element);
    elements.map(move |node| {
        let node = node?;
        let mut reading = Reading { programme, find, top: &node, rows: Vec::new() };
        if let Some(register) = &format.record.records {
            reading.record(&format.record, register, &node, Body::new(), false, false, None);
        }
        Ok(reading.rows)
    })
}

/// The fields that a format says something of, by register.
pub fn spoken_fields(programme: &Programme, format: &Format) -> BTreeMap<String, BTreeSet<String>> {
    fn collect(
        programme: &Programme,
        element: &Element,
        register: Option<&str>,
        spoken: &mut BTreeMap<String, BTreeSet<String>>,
    ) {
        let mut add = |register: Option<&str>, field: &str| {
            if let Some(register) = register {
                let field = field.split('.').next().unwrap_or(field);
                spoken.entry(register.to_owned()).or_default().insert(field.to_owned());
            }
        };
        let mut own = register.map(str::to_owned);
        if let Some(inner) = &element.records {
            own = Some(inner.clone());
            for field in element.by.iter().chain(&element.position) {
                add(own.as_deref(), field);
            }
        } else if let Some(each) = &element.each {
            add(register, each);
            own = register
                .and_then(|name| programme.registers.get(name)?.fields.get(each))
                .and_then(|field| field.register.clone());
        }
        if let Some(known) = &element.known_by {
            add(own.as_deref(), &known.key);
        }
        for said in element.values().filter(|said| said.share_of.is_none()) {
            add(own.as_deref(), &said.value);
        }
        for inner in &element.holds {
            collect(programme, inner, own.as_deref(), spoken);
        }
    }
    let mut spoken = BTreeMap::new();
    collect(programme, &format.record, None, &mut spoken);
    spoken
}

struct Reading<'a> {
    programme: &'a Programme,
    find: &'a Find<'a>,
    /// The element of the record.
    top: &'a Node,
    rows: Vec<FormatRow>,
}

impl Reading<'_> {
    /// Reads a record and those that hang on it; its key. `place` is what its position says where
    /// it does not say so itself.
    #[expect(clippy::too_many_arguments, reason = "each is one thing that the file says of it")]
    fn record(
        &mut self,
        element: &Element,
        register: &str,
        node: &Node,
        mut body: Body,
        linked: bool,
        ambiguous: bool,
        place: Option<Value>,
    ) -> Option<String> {
        let declared = self.programme.registers.get(register)?;
        self.values(element, register, node, &mut body);
        if let (Some(position), Some(place)) = (&element.position, place) {
            body.entry(position.clone()).or_insert(place);
        }
        if let Some(known) = element.known_by.as_ref().filter(|_| !ambiguous) {
            let texts = known.fields.iter().flat_map(|field| {
                let texts = body.get(field).map(chancery_model::value::texts).unwrap_or_default();
                texts.into_iter().map(move |text| (field, text.to_owned()))
            });
            let texts: Vec<(&String, String)> = texts.collect();
            let parent = element.by.as_ref().and_then(|by| {
                Some((by.as_str(), body.get(by).and_then(Value::as_str)?.to_owned()))
            });
            let within = parent.as_ref().map(|(by, key)| (*by, key.as_str()));
            let found = texts
                .iter()
                .find_map(|(field, text)| (self.find)(Sought { register, field, text, within }));
            let key = match found {
                None if body.contains_key(&known.key) => None,
                found => found.or_else(|| texts.first().map(|(_, text)| slug(text))),
            };
            body.extend(key.map(|key| (known.key.clone(), Value::from(key))));
        }
        let key = declared.key_of(&body);
        let values: Map<String, Value> = body.into_iter().collect();
        let row = Row { line: node.line, cells: Cells::Values(values) };
        self.rows.push(FormatRow { register: register.to_owned(), row, linked });
        self.hanging(element, node, &key, &Body::new());
        Some(key)
    }

    /// Reads the records that hang on one. `around` is what the elements between say of them.
    fn hanging(&mut self, element: &Element, node: &Node, key: &str, around: &Body) {
        for inner in element.holds.iter().filter(|inner| !inner.write_only) {
            let children: Vec<&Node> =
                node.children.iter().filter(|child| fits(inner, child)).collect();
            let (Some(register), Some(by)) = (&inner.records, &inner.by) else {
                let Some(register) = inner.first_register().filter(|_| inner.each.is_none()) else {
                    continue;
                };
                for child in children {
                    let mut around = around.clone();
                    self.values(inner, register, child, &mut around);
                    self.hanging(inner, child, key, &around);
                }
                continue;
            };
            let named: Vec<Body> = children
                .iter()
                .map(|child| {
                    let mut body = Body::new();
                    self.values(inner, register, child, &mut body);
                    let known = inner.known_by.iter().flat_map(|known| &known.fields);
                    known.filter_map(|f| Some((f.clone(), body.get(f)?.clone()))).collect()
                })
                .collect();
            for (index, child) in children.iter().enumerate() {
                let mut body = around.clone();
                body.insert(by.clone(), Value::from(key));
                // Two of one name are told apart by their places alone.
                let same = named.iter().filter(|other| **other == named[index]).count();
                let ambiguous = same > 1 && inner.position.is_some();
                let place = self.numbered(inner, register, key, index);
                self.record(inner, register, child, body, false, ambiguous, Some(place));
            }
        }
    }

    /// What a field says of the place of a record among those that hang on the same one.
    fn numbered(&self, element: &Element, register: &str, key: &str, index: usize) -> Value {
        let field = element
            .position
            .as_ref()
            .and_then(|position| self.programme.registers.get(register)?.fields.get(position));
        match field.map(|field| field.kind) {
            Some(FieldType::Text) => {
                Value::from(format!("{}-{}-{}", slug(key), element.element, index + 1))
            }
            _ => Value::from(index + 1),
        }
    }

    /// Reads what an element and those in it say of one record.
    fn values(&mut self, element: &Element, register: &str, node: &Node, body: &mut Body) {
        let declared = self.programme.registers.get(register);
        for (name, given) in &element.attributes {
            if let Given::Value(said) = given {
                self.value(said, node.attribute(name), declared, body);
            }
        }
        if let Some(Given::Value(said)) = &element.text {
            let text = Some(node.text.as_str()).filter(|text| !text.is_empty());
            if element.languages {
                if let Some(text) = text {
                    self.language(said, node, text, body);
                }
            } else {
                self.value(said, text, declared, body);
            }
        }
        let inner = element.holds.iter().filter(|inner| inner.records.is_none());
        // What stands around further records is said of those.
        let around = |inner: &Element| inner.read_only && inner.first_register().is_some();
        for inner in inner.filter(|inner| !inner.write_only && !around(inner)) {
            let mut children = node.children.iter().filter(|child| fits(inner, child)).peekable();
            if children.peek().is_none() && inner.each.is_none() {
                self.absent(inner, declared, body);
            }
            for child in children {
                match &inner.each {
                    // What is written where the field is empty says that it is.
                    Some(each) if stands_for_none(element, each, child) => {}
                    Some(each) => self.each(inner, each, register, child, body),
                    None => self.values(inner, register, child, body),
                }
            }
        }
    }

    /// What is to be read where an element is not there.
    fn absent(&self, element: &Element, register: Option<&Register>, body: &mut Body) {
        for said in element.values() {
            let Some(missing) = &said.missing else { continue };
            if element.languages {
                let filled =
                    fill(missing, |field| body.get(field).map(|value| plain(value, Language::En)));
                if !filled.contains('{') {
                    let texts = Map::from_iter([("en".to_owned(), Value::from(filled))]);
                    body.entry(said.value.clone()).or_insert(Value::Object(texts));
                }
            } else {
                self.value(said, None, register, body);
            }
        }
    }

    /// Reads one value of a field that is a link or a code.
    fn each(
        &mut self,
        element: &Element,
        each: &str,
        register: &str,
        node: &Node,
        body: &mut Body,
    ) {
        let field = self.programme.registers.get(register).and_then(|r| r.fields.get(each));
        let Some(field) = field else { return };
        let key = match &field.register {
            None => {
                let mut inner = Body::new();
                self.values(element, "", node, &mut inner);
                inner.get("code").and_then(Value::as_str).map(str::to_owned)
            }
            Some(target) => {
                let mut inner = Body::new();
                self.values(element, target, node, &mut inner);
                let known = element.known_by.as_ref().map(|known| &known.fields);
                let telling = inner
                    .iter()
                    .filter(|(field, _)| known.is_none_or(|known| known.contains(field)));
                let found = telling.into_iter().find_map(|(field, value)| {
                    let texts = chancery_model::value::texts(value);
                    texts.into_iter().find_map(|text| {
                        (self.find)(Sought { register: target, field, text, within: None })
                    })
                });
                match (found, &element.known_by) {
                    (Some(key), _) => Some(key),
                    (None, Some(_)) if !inner.is_empty() => {
                        self.record(element, target, node, Body::new(), true, false, None)
                    }
                    (None, _) if element.skip_unknown => None,
                    (None, _) => inner
                        .values()
                        .flat_map(chancery_model::value::texts)
                        .next()
                        .map(str::to_owned),
                }
            }
        };
        let list = field.codelist.as_ref().and_then(|list| self.programme.codelists.get(list));
        let is_known =
            |key: &String| !element.skip_unknown || list.is_none_or(|l| l.codes.contains_key(key));
        let Some(key) = key.filter(|key| !key.is_empty()).filter(is_known) else { return };
        if field.list {
            let list = body.entry(each.to_owned()).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(values) = list
                && !values.iter().any(|value| value.as_str() == Some(&key))
            {
                values.push(Value::from(key));
            }
        } else {
            body.entry(each.to_owned()).or_insert_with(|| Value::from(key));
        }
    }

    fn value(&self, said: &Said, text: Option<&str>, register: Option<&Register>, body: &mut Body) {
        if said.share_of.is_some() {
            return;
        }
        let inherited = || self.top.attribute(said.inherit.as_deref()?);
        let told = text.map(str::trim).filter(|text| !text.is_empty()).or_else(inherited);
        let Some(text) = told.or(said.missing.as_deref()) else { return };
        let own = said.codes.iter().find(|(_, theirs)| *theirs == text).map(|(ours, _)| ours);
        let own = own.or_else(|| said.reads.get(text)).filter(|_| told.is_some());
        if told.is_some() && own.is_none() && !said.reads.is_empty() {
            return;
        }
        if own.is_none() && said.otherwise.as_deref() == Some(text) {
            return;
        }
        let text = own.map_or(text, String::as_str);
        let (field, part) = said
            .value
            .split_once('.')
            .map_or((said.value.as_str(), None), |(field, part)| (field, Some(part)));
        let kind = register.and_then(|register| register.fields.get(field)).map(|field| field.kind);
        let value = match (kind, part) {
            // A time and a time zone may follow a day.
            (Some(FieldType::Date), _) | (Some(FieldType::Period), Some(_)) => {
                Value::from(text.get(..10).unwrap_or(text))
            }
            (Some(FieldType::Integer), _) => {
                text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from)
            }
            (Some(FieldType::Boolean), _) => match text {
                "1" | "true" => Value::Bool(true),
                "0" | "false" => Value::Bool(false),
                other => Value::from(other),
            },
            _ => Value::from(text),
        };
        match part {
            None => {
                body.entry(field.to_owned()).or_insert(value);
            }
            Some(part) => {
                let whole =
                    body.entry(field.to_owned()).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(parts) = whole {
                    parts.entry(part.to_owned()).or_insert(value);
                }
            }
        }
    }

    /// A text in the language of its element, or of the record's.
    fn language(&self, said: &Said, node: &Node, text: &str, body: &mut Body) {
        let told = node.attribute("xml:lang").or_else(|| self.top.attribute("xml:lang"));
        let Ok(language) = told.unwrap_or("en").to_lowercase().parse::<Language>() else { return };
        // What stands in for an empty field is not what the field says.
        let stands_in = || body.get(said.or.as_ref()?)?.get(language.code())?.as_str();
        if stands_in() == Some(text) {
            return;
        }
        let texts = body.entry(said.value.clone()).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(texts) = texts {
            texts.entry(language.code().to_owned()).or_insert_with(|| Value::from(text));
        }
    }
}

/// Whether an element is what is written in place of an empty field.
fn stands_for_none(around: &Element, field: &str, node: &Node) -> bool {
    around.holds.iter().any(|other| other.unless.as_deref() == Some(field) && fits(other, node))
}

/// Whether an element is the one described: its name, and what it always says.
fn fits(element: &Element, node: &Node) -> bool {
    let fixed = element.attributes.iter().filter_map(|(name, given)| match given {
        Given::Fixed(text) => Some((name, text)),
        Given::Value(_) => None,
    });
    let holds = |inner: &Element| node.children.iter().any(|child| fits(inner, child));
    node.name == element.element
        && element.holds.iter().filter(|inner| inner.required).all(holds)
        && fixed.into_iter().all(|(name, text)| node.attribute(name).unwrap_or_default() == text)
}

/// A text as the part of a key: small letters, digits and hyphens. Where that loses something, a
/// sum of the whole text tells it from others that look the same.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in chancery_model::fold(text).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug == text.to_lowercase() {
        return slug.to_owned();
    }
    let sum = text
        .bytes()
        .fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{slug}-{sum:08x}").trim_start_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_up_the_whole() {
        for count in 1..=17 {
            let total: f64 =
                (0..count).map(|index| part(100, index, count).parse::<f64>().unwrap()).sum();
            assert!((total - 100.0).abs() < 1e-9, "{count}: {total}");
        }
    }

    #[test]
    fn a_slug_is_a_key() {
        assert_eq!(slug("XM-DAC-41131-GLOT59"), "xm-dac-41131-glot59");
        let lossy = ["XX.1", "XX-1", "XX_1", "中文-1", "ЮН-1", "Côte d’Ivoire"].map(slug);
        let different: BTreeSet<&String> = lossy.iter().collect();
        assert_eq!(different.len(), lossy.len(), "{lossy:?}");
        assert!(lossy.iter().all(|key| !key.is_empty() && !key.starts_with('-')), "{lossy:?}");
    }
}
