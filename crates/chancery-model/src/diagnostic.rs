//! What a person is told when something they wrote is wrong: a place, what was found,
//! what was expected, and a hint. Diagnostics are collected, so that all problems show at once.

use std::fmt;

use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
}

/// Where a problem is. Lines and columns count from 1; 0 means that none applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    pub file: String,
    pub line: usize,
    pub column: usize,
    /// Length of the marked text in characters, for the caret.
    pub length: usize,
    /// The field, column or parameter, where there is one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field: String,
}

impl Place {
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), ..Self::default() }
    }

    pub fn line(file: impl Into<String>, line: usize) -> Self {
        Self { file: file.into(), line, ..Self::default() }
    }

    pub fn at(file: impl Into<String>, line: usize, column: usize, length: usize) -> Self {
        Self { file: file.into(), line, column, length, ..Self::default() }
    }

    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        if !self.field.is_empty() {
            let space = if self.file.is_empty() { "" } else { " " };
            write!(f, "{space}[{}]", self.field)?;
        }
        Ok(())
    }
}

/// One problem. Built as `Diagnostic::error(place, "what was found").expected("…").hint("…")`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    pub severity: Severity,
    pub place: Place,
    pub found: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub expected: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hint: String,
}

impl Diagnostic {
    pub fn error(place: Place, found: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            place,
            found: found.into(),
            expected: String::new(),
            hint: String::new(),
        }
    }

    pub fn warning(place: Place, found: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(place, found) }
    }

    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = expected.into();
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Adds the hint «did you mean …?» when some of `known` are near `word`.
    pub fn suggest<'a>(self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match did_you_mean(&nearest(word, known)) {
            hint if hint.is_empty() => self,
            hint => self.hint(hint),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place != Place::default() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.found)?;
        if !self.expected.is_empty() {
            write!(f, "; expected {}", self.expected)?;
        }
        if !self.hint.is_empty() {
            write!(f, " ({})", self.hint)?;
        }
        Ok(())
    }
}

/// The hint «did you mean …?»; empty where nothing is near.
pub fn did_you_mean(near: &[&str]) -> String {
    let near: Vec<_> = near.iter().map(|name| format!("`{name}`")).collect();
    if near.is_empty() { String::new() } else { format!("did you mean {}?", near.join(" or ")) }
}

/// What is longer is near to nothing.
const LONGEST_WORD: usize = 200;

/// Up to three of `known` that are near to `word`, nearest first.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    // Nobody misspells a word of this length.
    if word.len() > LONGEST_WORD {
        return vec![];
    }
    let folded = crate::fold(word);
    let mut near: Vec<(f64, &str)> = known
        .into_iter()
        .map(|name| {
            let name_folded = crate::fold(name);
            let inside = folded.chars().count() > 3 && name_folded.contains(&folded);
            let likeness = strsim::jaro_winkler(&folded, &name_folded);
            (if inside { likeness.max(0.9) } else { likeness }, name)
        })
        .filter(|(likeness, _)| *likeness > 0.8)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.dedup_by(|a, b| a.1 == b.1);
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// All the problems of one piece of work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

/// Nobody reads more problems than these; what comes after is not kept.
const MOST: usize = 100_000;

impl Diagnostics {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        match self.0.len() {
            MOST => self.0.push(
                Diagnostic::error(Place::default(), format!("more than {MOST} problems"))
                    .hint("mend these first; the others are not listed"),
            ),
            len if len < MOST => self.0.push(diagnostic),
            _ => {}
        }
    }

    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        others.into_iter().for_each(|other| self.push(other));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The value, or the problems if one of them is an error.
    pub fn unless_errors<T>(self, value: T) -> Result<T, Self> {
        if self.has_errors() { Err(self) } else { Ok(value) }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.0 {
            writeln!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
