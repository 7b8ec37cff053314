//! The registers as known at one point of the journal.

use std::collections::HashMap;
use std::sync::Arc;

use crate::rule::parse_body;
use crate::{Body, Entry, Names, Programme};

/// The latest version of one record.
#[derive(Clone, Debug)]
pub struct Held {
    /// The number of the entry that holds it.
    pub entry: u64,
    /// Its body as canonical JSON; none when it is withdrawn.
    pub body: Option<Box<str>>,
    /// Whether it is invented.
    pub demonstration: bool,
}

/// The registers as known when the journal had `size` entries.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub size: u64,
    registers: HashMap<Arc<str>, HashMap<String, Held>>,
}

impl Snapshot {
    /// Takes in the entry with number `self.size`.
    pub fn apply(&mut self, entry: &Entry) {
        let held = Held {
            entry: self.size,
            body: entry.body.as_ref().map(|body| Box::from(body.get())),
            demonstration: entry.demonstration,
        };
        match self.registers.get_mut(&entry.register) {
            Some(records) => {
                records.insert(entry.key.clone(), held);
            }
            None => {
                let records = HashMap::from([(entry.key.clone(), held)]);
                self.registers.insert(entry.register.clone(), records);
            }
        }
        self.size += 1;
    }

    /// Passes over an entry of a register that nobody asks for.
    pub fn skip(&mut self) {
        self.size += 1;
    }

    pub fn held(&self, register: &str, key: &str) -> Option<&Held> {
        self.registers.get(register)?.get(key)
    }

    /// The values of a record that is not withdrawn.
    pub fn body(&self, register: &str, key: &str) -> Option<Body> {
        self.held(register, key)?.body.as_deref().map(parse_body)
    }

    /// The records of a register that are not withdrawn, in no order.
    pub fn records(&self, register: &str) -> impl Iterator<Item = (&str, &str)> {
        self.registers
            .get(register)
            .into_iter()
            .flatten()
            .filter_map(|(key, held)| Some((key.as_str(), held.body.as_deref()?)))
    }

    /// Every name by which a record of `register` may be given.
    pub fn names(&self, programme: &Programme, register: &str) -> Names {
        let records = self.records(register).map(|(key, body)| (key, parse_body(body)));
        record_names(programme, register, records)
    }
}

/// Collects the names of records: their keys, and the texts of the fields that the register
/// declares to be names, and the texts by which they are cited.
pub fn record_names<'a>(
    programme: &Programme,
    register: &str,
    records: impl Iterator<Item = (&'a str, Body)>,
) -> Names {
    let mut names = Names::default();
    let declared = programme.registers.get(register);
    let fields = declared.map_or(&[][..], |declared| &declared.names);
    for (key, body) in records {
        names.add(key, key);
        for text in fields.iter().filter_map(|field| body.get(field)).flat_map(crate::value::texts)
        {
            names.add(text, key);
        }
        for text in declared.into_iter().flat_map(|declared| declared.citations_of(&body)) {
            names.add(&text, key);
        }
    }
    names
}
