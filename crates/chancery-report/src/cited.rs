//! Citations of records: texts of the forms in which a register says that its records are cited.

use std::sync::Arc;

use chancery_model::value::{fill, placeholders};
use chancery_model::{Diagnostics, Figures, Names, Programme};
use regex::Regex;

use crate::matching::{follows_proclitic, is_spaced_letter, skip_spaces};
use crate::quantities::{Mark, Marked};

/// What a citation leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resolved {
    Record(String),
    /// Several records are cited so.
    Several,
    /// None that is known.
    Unknown,
}

/// A citation in a reduced text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cited {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) register: String,
    pub(crate) resolved: Resolved,
}

struct Form {
    register: String,
    template: String,
    /// The form with its field as the group `field`.
    whole: Regex,
    /// What the field alone may be, where the form ends with it and more may follow.
    more: Option<Regex>,
}

/// The forms of every register.
pub(crate) struct Citations {
    forms: Vec<Form>,
    names: Vec<(String, Arc<Names>)>,
}

impl Citations {
    pub(crate) fn new(programme: &Programme, figures: &dyn Figures) -> Result<Self, Diagnostics> {
        let mut found = Self { forms: Vec::new(), names: Vec::new() };
        for (name, register) in &programme.registers {
            for template in register.cited_as.iter().flat_map(|cited| &cited.forms) {
                let pattern = placeholders(template)
                    .first()
                    .and_then(|field| register.fields.get(*field)?.pattern.as_ref());
                // `pack check` refuses any other form.
                if let Some(form) = pattern.and_then(|p| Form::new(name, template, p)) {
                    found.forms.push(form);
                }
            }
            if !register.cited_as.is_empty() {
                found.names.push((name.clone(), figures.names(name)?));
            }
        }
        Ok(found)
    }

    /// Whether records of a register are cited.
    pub(crate) fn cites(&self, register: &str) -> bool {
        self.names.iter().any(|(name, _)| name == register)
    }

    /// The citations of a text, outside of what is `taken`.
    pub(crate) fn find(
        &self,
        text: &[char],
        taken: impl Fn(usize, usize) -> bool,
        marked: &[Marked],
        conjunction: impl Fn(usize) -> Option<usize>,
    ) -> Vec<Cited> {
        // Every form holds what a number or a symbol has.
        if !text.iter().any(char::is_ascii_digit) {
            return Vec::new();
        }
        let string: String = text.iter().collect();
        let mut starts: Vec<usize> = string.char_indices().map(|(start, _)| start).collect();
        starts.push(string.len());
        let place = |byte: usize| starts.partition_point(|start| *start < byte);
        let mut all: Vec<(usize, usize, &Form, &str)> = Vec::new();
        for form in &self.forms {
            for captures in form.whole.captures_iter(&string) {
                let Some((whole, field)) = captures.get(0).zip(captures.name("field")) else {
                    continue;
                };
                let (from, to) = (place(whole.start()), place(whole.end()));
                if is_whole(text, from, to) && !taken(from, to) {
                    all.push((from, to, form, field.as_str()));
                }
            }
        }
        all.sort_by_key(|(from, to, ..)| (*from, std::cmp::Reverse(*to)));
        let mut found: Vec<Cited> = Vec::new();
        for (from, to, form, field) in all {
            if found.last().is_some_and(|last| from < last.to) {
                continue;
            }
            found.push(self.cited(from, to, form, field));
            // «resolutions 65/230 and 66/179»
            let mut end = to;
            for next in marked.iter().filter(|next| next.from >= to) {
                let written: String = text[next.from..next.to].iter().collect();
                let fits = form.more.as_ref().is_some_and(|more| more.is_match(&written));
                if next.mark != Mark::Citation
                    || !fits
                    || taken(next.from, next.to)
                    || !is_joined(text, end, next.from, &conjunction)
                {
                    break;
                }
                found.push(self.cited(next.from, next.to, form, &written));
                end = next.to;
            }
        }
        found
    }

    fn cited(&self, from: usize, to: usize, form: &Form, field: &str) -> Cited {
        let names = self.names.iter().find(|(name, _)| *name == form.register);
        let name = fill(&form.template, |_| Some(field.to_owned()));
        let resolved = match names.map(|(_, names)| names) {
            Some(names) if names.is_ambiguous(&name) => Resolved::Several,
            names => match names.and_then(|names| names.find(&name)) {
                Some(key) => Resolved::Record(key.to_owned()),
                None => Resolved::Unknown,
            },
        };
        Cited { from, to, register: form.register.clone(), resolved }
    }
}

impl Form {
    fn new(register: &str, template: &str, pattern: &str) -> Option<Self> {
        let reduced: String = crate::matching::pattern(template).into_iter().collect();
        let (before, after) = reduced.split_once('{')?;
        let (_, after) = after.split_once('}')?;
        // A PDF puts spaces where an editor puts none.
        let literal = |text: &str| regex::escape(text.trim()).replace(' ', r"\s+");
        let space = |text: &str| if text.trim().is_empty() { "" } else { r"\s*" };
        let spaced = if before.ends_with(' ') { r"\s+" } else { space(before) };
        let whole = format!(
            "(?i){}{spaced}(?P<field>{pattern}){}{}",
            literal(before),
            space(after),
            literal(after)
        );
        Some(Self {
            register: register.to_owned(),
            template: template.to_owned(),
            whole: Regex::new(&whole).ok()?,
            more: match after.is_empty() && !before.is_empty() {
                true => Some(Regex::new(&format!("(?i)^(?:{pattern})$")).ok()?),
                false => None,
            },
        })
    }
}

/// Whether a citation begins and ends where words do: «A/68/1», not in «A/68/127».
fn is_whole(text: &[char], from: usize, to: usize) -> bool {
    let letter = |at: Option<&char>| at.is_some_and(|c| is_spaced_letter(*c));
    let inside = |at: Option<&char>| letter(at) || at == Some(&'/');
    let starts = from == 0
        || follows_proclitic(text, from)
        || !(inside(text.get(from - 1)) && letter(text.get(from)));
    let ends = !(inside(text.get(to)) && letter(text.get(to - 1)));
    starts && ends
}

fn is_joined(
    text: &[char],
    end: usize,
    next: usize,
    conjunction: impl Fn(usize) -> Option<usize>,
) -> bool {
    let start = skip_spaces(text, end);
    let comma = matches!(text.get(start), Some(',' | '、' | '،')).then_some(start + 1);
    // Arabic writes «and» with the word that follows.
    let glued = (text.get(start) == Some(&'و')).then_some(start + 1);
    let word = conjunction(comma.map_or(start, |at| skip_spaces(text, at)));
    [comma, glued, word].into_iter().flatten().any(|end| skip_spaces(text, end) == next)
}
