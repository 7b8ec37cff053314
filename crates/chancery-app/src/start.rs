//! What a new home holds: the facts that packs ship, their examples, invented records.

use std::collections::BTreeMap;
use std::sync::Arc;

use chancery_model::decide::{Circumstances, Command, decide};
use chancery_model::demonstration::{Drawn, draw};
use chancery_model::{Diagnostics, Entry, Place, Programme, Snapshot};

use crate::import::{Facts, decide_facts};

/// What a new home begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Empty,
    /// The public facts of the packs.
    Facts,
    /// The same, and the records by which measures are tested.
    Examples,
    /// The facts, and invented records that show what the registers are for.
    Demonstration,
}

/// How often a record that breaks a rule is drawn anew.
const ROUNDS: u32 = 50;

/// The entries of a new home. `progress` hears of each register how many it gets.
pub(crate) fn first_entries(
    programme: &Programme,
    start: Start,
    circumstances: &Circumstances,
    progress: &mut impl FnMut(&str, usize),
) -> Result<Vec<Entry>, Diagnostics> {
    let mut beginning = Beginning { programme, snapshot: Snapshot::default(), entries: Vec::new() };
    if start == Start::Empty {
        return Ok(beginning.entries);
    }
    let mut problems = Diagnostics::default();
    let examples = if start == Start::Examples { &programme.examples[..] } else { &[] };
    let invented = Circumstances { demonstration: true, ..circumstances.clone() };
    let shipped = programme.data.iter().map(|data| (data, circumstances));
    for (data, circumstances) in shipped.chain(examples.iter().map(|data| (data, &invented))) {
        let decided =
            decide_facts(programme, &beginning.snapshot, Facts::shipped(data), circumstances);
        match decided {
            Ok(decision) => {
                progress(&data.register, decision.entries.len());
                beginning.take(decision.entries);
            }
            Err(found) => problems.extend(found.0),
        }
    }
    problems.unless_errors(())?;
    if start == Start::Demonstration {
        beginning.invent(&invented, progress)?;
    }
    Ok(beginning.entries)
}

struct Beginning<'a> {
    programme: &'a Programme,
    snapshot: Snapshot,
    entries: Vec<Entry>,
}

impl Beginning<'_> {
    fn take(&mut self, entries: Vec<Entry>) {
        entries.iter().for_each(|entry| self.snapshot.apply(entry));
        self.entries.extend(entries);
    }

    /// Draws the invented records of all registers. One that breaks a rule is drawn anew.
    fn invent(
        &mut self,
        circumstances: &Circumstances,
        progress: &mut impl FnMut(&str, usize),
    ) -> Result<(), Diagnostics> {
        let programme = self.programme;
        let mut world = Drawn::default();
        for entry in &self.entries {
            let body = entry.values().unwrap_or_default();
            world.add(&entry.register, &entry.key, body, false);
        }
        let source: Arc<str> = "demonstration data, generated".into();
        for name in programme.linked_first() {
            let (Some(register), Some(demonstration)) =
                (programme.registers.get(name), programme.demonstrations.get(name))
            else {
                continue;
            };
            let mut again: BTreeMap<u32, u32> = BTreeMap::new();
            let mut round = 0;
            let decision = loop {
                let commands = (1..=demonstration.count).map(|number| {
                    let again = again.get(&number).copied().unwrap_or_default();
                    let body =
                        draw(programme, name, register, demonstration, &world, number, again);
                    Command::Record {
                        place: Place::line(format!("demonstration/{name}.yaml"), number as usize),
                        body,
                        source: Arc::clone(&source),
                        replaces: None,
                        fields: None,
                        demonstration: true,
                    }
                });
                match decide(programme, &self.snapshot, name, commands, circumstances) {
                    Ok(decision) => break decision,
                    Err(problems) if round == ROUNDS => return Err(problems),
                    Err(problems) => {
                        round += 1;
                        for line in problems.0.iter().map(|problem| problem.place.line) {
                            again.insert(line as u32, round);
                        }
                    }
                }
            };
            progress(name, decision.entries.len());
            for entry in &decision.entries {
                world.add(name, &entry.key, entry.values().unwrap_or_default(), true);
            }
            self.take(decision.entries);
        }
        Ok(())
    }
}
