//! Two language versions of a document side by side: a figure, date or citation that one has and
//! the other lacks, or has differently.

use std::collections::BTreeMap;

use chancery_model::{Diagnostics, Figures, Language, Programme};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::binding::Binder;
use crate::grammar::grammar;
use crate::matching::reduce;
use crate::quantities::{Days, Kind, Mark, Marked};
use crate::reading::read;
use crate::source::Source;

/// What two versions of a document say differently.
#[derive(Clone, Debug, Serialize)]
pub struct Facing {
    /// Paragraphs that both have.
    pub paragraphs: usize,
    /// Figures, dates and citations that both have alike.
    pub alike: usize,
    pub differences: Vec<FacingDifference>,
}

/// One thing that only one of two versions says, or that they say differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacingDifference {
    /// The number of the paragraph, or which one it is where paragraphs have none.
    pub paragraph: u32,
    pub kind: FacingKind,
    /// As the document writes it; none where it lacks it.
    pub here: Option<String>,
    /// As the other version writes it.
    pub there: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FacingKind {
    Paragraph,
    Figure,
    Date,
    Citation,
}

/// What something says whatever its language, for comparing.
type Meaning = (FacingKind, String);

/// Compares two versions of a document paragraph by paragraph.
pub fn against(
    programme: &Programme,
    here: (&Source, Language),
    there: (&Source, Language),
    figures: &dyn Figures,
) -> Result<Facing, Diagnostics> {
    let (ours, theirs) = (sayings(programme, here, figures)?, sayings(programme, there, figures)?);
    let mut facing = Facing { paragraphs: 0, alike: 0, differences: Vec::new() };
    for (paragraph, said) in &ours {
        match theirs.get(paragraph) {
            Some(other) => {
                facing.paragraphs += 1;
                compare(*paragraph, said, other, &mut facing);
            }
            None => facing.differences.push(lacking(*paragraph, true)),
        }
    }
    let only_there = theirs.keys().filter(|paragraph| !ours.contains_key(paragraph));
    facing.differences.extend(only_there.map(|paragraph| lacking(*paragraph, false)));
    facing.differences.sort_by_key(|difference| (difference.paragraph, difference.kind));
    Ok(facing)
}

fn lacking(paragraph: u32, is_here: bool) -> FacingDifference {
    let there = Some(paragraph.to_string());
    let (here, there) = if is_here { (there, None) } else { (None, there) };
    FacingDifference { paragraph, kind: FacingKind::Paragraph, here, there }
}

fn compare(
    paragraph: u32,
    ours: &[(Meaning, String)],
    theirs: &[(Meaning, String)],
    facing: &mut Facing,
) {
    let mut left: Vec<&(Meaning, String)> = theirs.iter().collect();
    let mut missing: Vec<&(Meaning, String)> = Vec::new();
    for said in ours {
        match left.iter().position(|other| other.0 == said.0) {
            Some(at) => {
                left.remove(at);
                facing.alike += 1;
            }
            None => missing.push(said),
        }
    }
    for said in missing {
        // What stands in its place, if anything of its kind does.
        let place = left.iter().position(|other| other.0.0 == said.0.0);
        facing.differences.push(FacingDifference {
            paragraph,
            kind: said.0.0,
            here: Some(said.1.clone()),
            there: place.map(|at| left.remove(at).1.clone()),
        });
    }
    facing.differences.extend(left.into_iter().map(|said| FacingDifference {
        paragraph,
        kind: said.0.0,
        here: None,
        there: Some(said.1.clone()),
    }));
}

/// What each paragraph says, in order.
fn sayings(
    programme: &Programme,
    (source, language): (&Source, Language),
    figures: &dyn Figures,
) -> Result<BTreeMap<u32, Vec<(Meaning, String)>>, Diagnostics> {
    let binder = Binder::new(programme, language, figures)?;
    let digits: Vec<char> = grammar(language).digits.chars().collect();
    let flows = read(source, language);
    let numbered = flows.iter().any(|flow| flow.paragraph.is_some());
    let mut said: BTreeMap<u32, Vec<(Meaning, String)>> = BTreeMap::new();
    for (index, flow) in flows.iter().enumerate() {
        let paragraph = match flow.paragraph {
            Some(number) => number,
            None if numbered => continue,
            None => u32::try_from(index + 1).unwrap_or(u32::MAX),
        };
        let reduced = reduce(flow.text.iter().copied(), &digits);
        let sayings = said.entry(paragraph).or_default();
        let reading = binder.lexis.read(&reduced, &flow.text);
        let piece = |from: usize, to: usize| {
            let (first, last) = (reduced.origin[from], reduced.origin[to - 1] + 1);
            let text: String = flow.text[first..last].iter().collect();
            (text, reduced.chars[from..to].iter().collect::<String>())
        };
        for cited in &reading.cited {
            let (text, plain) = piece(cited.from, cited.to);
            sayings.extend(citation(&plain).map(|meaning| (meaning, text)));
        }
        let held = |marked: &&Marked| {
            reading.cited.iter().all(|cited| marked.to <= cited.from || cited.to <= marked.from)
        };
        for marked in reading.marked.iter().filter(held) {
            let (text, plain) = piece(marked.from, marked.to);
            if let Some(meaning) = meaning(&marked.mark, &plain) {
                sayings.push((meaning, text));
            }
        }
    }
    Ok(said)
}

fn meaning(mark: &Mark, plain: &str) -> Option<Meaning> {
    match mark {
        // What one language says with a number another says with an article.
        Mark::Quantity(quantity) if quantity.value == Decimal::ONE => None,
        Mark::Quantity(quantity) => {
            let share = if quantity.kind == Kind::Percent { " %" } else { "" };
            Some((FacingKind::Figure, format!("{}{share}", quantity.value.normalize())))
        }
        Mark::Date(Some(Days { from, to })) => Some((FacingKind::Date, format!("{from}..{to}"))),
        Mark::Date(None) => None,
        Mark::Citation => citation(plain),
    }
}

/// Resolutions and symbols; an article or an ordinal is written in too many ways.
fn citation(plain: &str) -> Option<Meaning> {
    let symbol: String = plain.chars().filter(|c| c.is_ascii_digit() || *c == '/').collect();
    let named = symbol.contains('/') && symbol.contains(|c: char| c.is_ascii_digit());
    named.then_some((FacingKind::Citation, symbol))
}
