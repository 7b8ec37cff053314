//! Checking a document figure by figure: every quantity is bound to a measure where the text
//! says which, computed, and compared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chancery_model::{Aggregate, Diagnostics, Figure, Figures, Language, Programme, Text, Wanted};
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use serde_json::Value;

use crate::arithmetic::{self, CellFound, Sum};
use crate::binding::{Binder, Bound};
use crate::cited::Resolved;
use crate::compile::Period;
use crate::grammar::grammar;
use crate::located::Located;
use crate::matching::{reduce, skip_spaces};
use crate::quantities::{Kind, Mark, Quantity};
use crate::reading::read;
use crate::source::Source;
use crate::suggest::{self, Suggester, Suggestion};
use crate::words::{self, SHARE};

/// How a document is to be read.
#[derive(Clone, Debug)]
pub struct Options {
    pub language: Language,
    /// The day for which figures are given where the text names none.
    pub at: Option<Date>,
    /// The time that the document covers.
    pub period: Option<Period>,
    /// Which document it is, where records speak of documents; read from it where none is named.
    pub document: Option<String>,
    /// Whether the records behind each computed value come along.
    pub evidence: bool,
    /// Whether measures are suggested for what no words tie to one.
    pub suggest: bool,
    /// What somebody accepted that quantities of this document state.
    pub concordance: Vec<Accepted>,
}

impl Options {
    /// For a document in one language of which nothing else is known.
    pub fn new(language: Language) -> Self {
        Self {
            language,
            at: None,
            period: None,
            document: None,
            evidence: false,
            suggest: false,
            concordance: Vec::new(),
        }
    }
}

/// A measure that somebody accepted for a quantity of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    pub paragraph: Option<u32>,
    /// What stands before the quantity, how it is written, and what stands after it.
    pub context: [String; 3],
    pub measure: String,
    pub parameters: BTreeMap<String, Value>,
}

impl Accepted {
    /// Whether it is about a quantity, wherever else the document has changed.
    fn fits(&self, quantity: &CheckedQuantity) -> bool {
        let bare = |text: &String| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        self.paragraph == quantity.paragraph
            && self.context.iter().map(bare).eq(quantity.context().iter().map(bare))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Agrees,
    Differs,
    /// No words tie the quantity to a measure.
    Unbound,
}

/// One quantity of a document.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedQuantity {
    /// The number of the paragraph, where it has one.
    pub paragraph: Option<u32>,
    /// As it is written.
    pub text: String,
    /// First character and the one after the last, counted in characters from 0.
    pub span: [usize; 2],
    pub value: Value,
    /// What is counted; `percent` for a share; a currency's code for money.
    pub unit: Option<String>,
    pub measure: Option<String>,
    pub parameters: Option<BTreeMap<String, Value>>,
    /// What the measure gives, in the same unit.
    pub computed: Option<Value>,
    pub verdict: Verdict,
    /// What stands right before and after it.
    pub before: String,
    pub after: String,
    /// Whether somebody accepted the measure, and no words tie it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
    /// Measures that it might state, best first; they bind nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// Whether it is compared with what somebody recorded of this very document, and not with
    /// what the document is about.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
    pub evidence_count: Option<u64>,
    /// The journal entries behind the computed value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Arc<[chancery_model::Evidence]>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<Text>,
    /// Whether the computed value rests on invented records.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demonstration: bool,
}

impl CheckedQuantity {
    /// What stands before it, how it is written, what stands after it.
    pub fn context(&self) -> [String; 3] {
        [self.before.clone(), self.text.clone(), self.after.clone()]
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub agrees: usize,
    pub differs: usize,
    pub unbound: usize,
}

/// What a check found in one paragraph that holds figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CheckedParagraph {
    pub paragraph: u32,
    pub quantities: usize,
    /// How many of them are bound; a paragraph is covered when all are.
    pub bound: usize,
}

/// A citation of a record of some register.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedCitation {
    /// The number of the paragraph, where it has one.
    pub paragraph: Option<u32>,
    /// As it is written.
    pub text: String,
    /// First character and the one after the last, counted in characters from 0.
    pub span: [usize; 2],
    /// The register that holds what is cited so.
    pub register: String,
    /// The key of the record; none where the register has no such record, or several.
    pub key: Option<String>,
    /// Whether several records are cited so.
    pub ambiguous: bool,
}

impl CheckedCitation {
    /// How many records it leads to, in words.
    pub fn leads_to(&self) -> &'static str {
        match (&self.key, self.ambiguous) {
            (Some(_), _) => "one record",
            (None, true) => "more than one record",
            (None, false) => "no record",
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// How many numbered paragraphs the document has; where it has none, how many paragraphs.
    pub paragraphs: usize,
    pub quantities: Vec<CheckedQuantity>,
    /// The numbered paragraphs that hold figures.
    pub with_figures: Vec<CheckedParagraph>,
    pub citations: Vec<CheckedCitation>,
    /// What the figures of the document say of each other.
    pub arithmetic: Vec<Sum>,
    /// Which of what was accepted fits no quantity any more, or several; counted from 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<usize>,
    pub summary: Summary,
}

impl Checked {
    /// Whether records or the document itself contradict something in it.
    pub fn is_contradicted(&self) -> bool {
        self.summary.differs > 0 || self.arithmetic.iter().any(|sum| !sum.holds)
    }
}

/// Checks a document.
pub fn check(
    programme: &Programme,
    document: &Source,
    options: Options,
    figures: &dyn Figures,
) -> Result<Checked, Diagnostics> {
    let binder = Binder::new(programme, options.language, figures)?;
    let named = options.document.as_deref();
    let located = Located::new(programme, options.language, &document.text, named, figures)?;
    let digits: Vec<char> = grammar(options.language).digits.chars().collect();
    let flows = read(document, options.language);
    let numbered: BTreeSet<u32> = flows.iter().filter_map(|flow| flow.paragraph).collect();
    let paragraphs = if numbered.is_empty() { flows.len() } else { numbered.len() };
    let mut checking =
        Checking { programme, figures, evidence: options.evidence, known: BTreeMap::new() };
    let suggester = options.suggest.then(|| Suggester::new(&binder, options.language));
    let mut used = vec![0; options.concordance.len()];
    let mut quantities = Vec::new();
    let (mut citations, mut arithmetic, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for flow in &flows {
        let whole = flow.with_heads();
        let (flow, cell) = match &whole {
            Some((whole, cell)) => (whole, Some(cell)),
            None => (flow, None),
        };
        let reduced = reduce(flow.text.iter().copied(), &digits);
        let reading = binder.lexis.read(&reduced, &flow.text);
        let sense = binder.sense(&reading);
        let quantified = reading.marked.iter().filter(|m| matches!(m.mark, Mark::Quantity(_)));
        let numbers: BTreeSet<usize> = quantified.map(|marked| marked.from).collect();
        let written = |from: usize, to: usize| {
            let (from, to) = (reduced.origin[from], reduced.origin[to - 1] + 1);
            let text: String = flow.text[from..to].iter().collect();
            // What stands in the heads of a cell is looked at where it stands.
            let own = cell.is_none_or(|cell| cell.start <= from && to <= cell.end);
            own.then(|| (text, flow.span(from, to)))
        };
        citations.extend(reading.cited.iter().filter_map(|cited| {
            let (text, span) = written(cited.from, cited.to)?;
            let key = match &cited.resolved {
                Resolved::Record(key) => Some(key.clone()),
                Resolved::Several | Resolved::Unknown => None,
            };
            Some(CheckedCitation {
                paragraph: flow.paragraph,
                text,
                span,
                register: cited.register.clone(),
                key,
                ambiguous: cited.resolved == Resolved::Several,
            })
        }));
        match cell {
            Some(cell) => cells.extend(CellFound::new(flow, cell, &reading.marked, written)),
            None => arithmetic.extend(arithmetic::of_text(
                &binder.lexis,
                &reduced.chars,
                &reading.marked,
                flow.paragraph,
                written,
            )),
        }
        for (index, marked) in reading.marked.iter().enumerate() {
            let Mark::Quantity(quantity) = &marked.mark else { continue };
            let Some((text, span)) = written(marked.from, marked.to) else { continue };
            let unit = binder.lexis.unit(&reduced.chars, skip_spaces(&reduced.chars, marked.to));
            let (from, to) = (reduced.origin[marked.from], reduced.origin[marked.to - 1] + 1);
            let (before, after) = (&flow.text[..from], &flow.text[to..]);
            let mut checked = CheckedQuantity {
                paragraph: flow.paragraph,
                text,
                span,
                before: before[from.saturating_sub(AROUND)..].iter().collect(),
                after: after.iter().take(AROUND).collect(),
                ..checking.open(quantity, unit)
            };
            let mut bound = None;
            for (accepted, used) in options.concordance.iter().zip(&mut used) {
                if accepted.fits(&checked) {
                    *used += 1;
                    checked.accepted = true;
                    let (measure, parameters) = (&accepted.measure, &accepted.parameters);
                    bound =
                        Some(Bound { measure: measure.clone(), parameters: parameters.clone() });
                }
            }
            let bound =
                bound.or_else(|| binder.bind(&reading, &sense, index, options.at, options.period));
            let bound = match (bound, flow.paragraph) {
                (None, Some(paragraph)) => {
                    let place = (marked.from, marked.to);
                    let (lexis, text) = (&binder.lexis, &reduced.chars);
                    let stated = located.bind(lexis, text, place, &numbers, paragraph, figures)?;
                    checked.stated = stated.is_some();
                    stated
                }
                (bound, _) => bound,
            };
            if let Some(bound) = bound {
                checking.compare(&mut checked, quantity, bound)?;
                // What could not be compared is stated by nobody.
                checked.stated &= checked.measure.is_some();
            } else if let Some(suggester) = &suggester {
                let (at, period) = (options.at, options.period);
                let likely = suggester.suggest(&reduced.chars, &reading, index, at, period);
                checked.suggestions = checking.tried(&checked, quantity, likely);
            }
            quantities.push(checked);
        }
    }
    arithmetic.extend(arithmetic::of_tables(&binder.lexis, &cells));
    quantities.sort_by_key(|quantity| quantity.span);
    citations.sort_by_key(|citation| citation.span);
    arithmetic.sort_by_key(|sum| sum.span);
    let count = |verdict| quantities.iter().filter(|quantity| quantity.verdict == verdict).count();
    let summary = Summary {
        agrees: count(Verdict::Agrees),
        differs: count(Verdict::Differs),
        unbound: count(Verdict::Unbound),
    };
    let mut with_figures: Vec<CheckedParagraph> = Vec::new();
    for quantity in &quantities {
        let Some(paragraph) = quantity.paragraph else { continue };
        let bound = usize::from(quantity.verdict != Verdict::Unbound);
        match with_figures.iter_mut().find(|known| known.paragraph == paragraph) {
            Some(known) => {
                known.quantities += 1;
                known.bound += bound;
            }
            None => with_figures.push(CheckedParagraph { paragraph, quantities: 1, bound }),
        }
    }
    with_figures.sort_by_key(|known| known.paragraph);
    let stale = used.iter().enumerate().filter(|(_, used)| **used != 1).map(|(at, _)| at).collect();
    Ok(Checked { paragraphs, quantities, with_figures, citations, arithmetic, stale, summary })
}

/// So many characters around a quantity say which one it is.
const AROUND: usize = 16;

struct Checking<'a> {
    programme: &'a Programme,
    figures: &'a dyn Figures,
    evidence: bool,
    /// Figures already computed, by measure and parameters.
    known: BTreeMap<(String, String), Figure>,
}

impl Checking<'_> {
    /// A quantity before anything is known of it.
    fn open(&self, quantity: &Quantity, unit: Option<String>) -> CheckedQuantity {
        let unit = match &quantity.kind {
            Kind::Percent => Some("percent".to_owned()),
            Kind::Money(currency) => Some(currency.clone()),
            Kind::Count => unit,
        };
        CheckedQuantity {
            paragraph: None,
            text: String::new(),
            span: [0, 0],
            value: json_number(quantity.value),
            unit,
            measure: None,
            parameters: None,
            computed: None,
            verdict: Verdict::Unbound,
            before: String::new(),
            after: String::new(),
            accepted: false,
            suggestions: Vec::new(),
            stated: false,
            evidence_count: None,
            evidence: None,
            cautions: Vec::new(),
            demonstration: false,
        }
    }

    /// Computes what is likely, and puts first what gives what is written.
    fn tried(
        &mut self,
        open: &CheckedQuantity,
        quantity: &Quantity,
        likely: Vec<(Bound, Suggestion)>,
    ) -> Vec<Suggestion> {
        let mut tried: Vec<Suggestion> = Vec::new();
        for (bound, mut suggestion) in likely {
            let mut checked = open.clone();
            // What cannot be computed is no suggestion.
            if self.compare(&mut checked, quantity, bound).is_err() || checked.computed.is_none() {
                continue;
            }
            suggestion.agrees = checked.verdict == Verdict::Agrees;
            suggestion.computed = checked.computed;
            tried.push(suggestion);
        }
        let rank = |suggestion: &Suggestion| {
            suggestion.score * if suggestion.agrees { suggest::AGREES } else { 1.0 }
        };
        tried.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
        tried.truncate(suggest::SHOWN);
        tried
    }

    /// Computes what a quantity states and compares.
    fn compare(
        &mut self,
        checked: &mut CheckedQuantity,
        quantity: &Quantity,
        bound: Bound,
    ) -> Result<(), Diagnostics> {
        let figure = match (self.figure(&bound), &quantity.kind) {
            // Amounts in one currency are not those in another, nor in several.
            (Err(_), Kind::Money(_)) => return Ok(()),
            (Ok(figure), Kind::Money(currency)) if figure.unit != *currency => return Ok(()),
            (figure, _) => figure?,
        };
        let ratio = figure.unit == SHARE
            || self
                .programme
                .measures
                .get(&bound.measure)
                .is_some_and(|measure| measure.head.aggregate == Aggregate::Ratio);
        let computed = decimal(words::single(&figure)).and_then(|value| {
            if ratio { value.checked_mul(Decimal::ONE_HUNDRED) } else { Some(value) }
        });
        // A figure agrees when it rounds to what is written.
        let most = quantity.step / Decimal::TWO * rounding(quantity, ratio);
        let agrees = computed
            .and_then(|computed| computed.checked_sub(quantity.value))
            .is_some_and(|off| off.abs() <= most);
        // Where a caution applies the records may be too few to contradict anybody.
        // Nothing at all contradicts nobody either.
        checked.verdict = match agrees {
            true => Verdict::Agrees,
            false if !figure.tentative && computed.is_some() => Verdict::Differs,
            false => Verdict::Unbound,
        };
        checked.computed = computed.map(|value| {
            json_number(value.round_dp(quantity.step.scale().max(if ratio { 1 } else { 0 })))
        });
        if !ratio {
            checked.unit = Some(figure.unit.clone());
        }
        checked.measure = Some(figure.measure);
        checked.parameters = Some(figure.parameters);
        checked.evidence_count = Some(figure.evidence_count);
        checked.evidence = figure.evidence;
        checked.cautions = figure.cautions;
        checked.demonstration = figure.demonstration > 0;
        Ok(())
    }

    fn figure(&mut self, bound: &Bound) -> Result<Figure, Diagnostics> {
        let key =
            (bound.measure.clone(), serde_json::to_string(&bound.parameters).unwrap_or_default());
        if let Some(figure) = self.known.get(&key) {
            return Ok(figure.clone());
        }
        // A document of many figures would else carry the registers many times over.
        let wanted = if self.evidence { Wanted::First(1000) } else { Wanted::Nothing };
        let figure = self.figures.figure(&bound.measure, &bound.parameters, wanted)?;
        self.known.insert(key, figure.clone());
        Ok(figure)
    }
}

/// A count written to its last unit must be exact; all else may be rounded.
fn rounding(quantity: &Quantity, ratio: bool) -> Decimal {
    if quantity.step == Decimal::ONE && !ratio { Decimal::ZERO } else { Decimal::ONE }
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => {
            number.as_i64().map(Decimal::from).or_else(|| Decimal::try_from(number.as_f64()?).ok())
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

pub(crate) fn json_number(value: Decimal) -> Value {
    let value = value.normalize();
    match value.to_i64().filter(|_| value.scale() == 0) {
        Some(whole) => Value::from(whole),
        None => value.to_f64().map_or(Value::Null, Value::from),
    }
}
