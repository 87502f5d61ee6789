//! A search by parts of a name: by the birth date where few were born then, else by the names that fit.
use crate::extra::{Extra, Rest};
use crate::names::{self, ANY, Meant, Order, order};
use crate::people::PeoplePage;
use crate::row::{FORMER, IN_ROW, LONG_NAME, Row, date_code, year_code};
use crate::years::Span;
use crate::{Doubt, Index, Place, Signature};
use dancu_citizen::{BirthDate, NameForms, Sex};
use std::hint::black_box;

/// People of a date who are looked at one by one; where more may be meant, names lead to them.
const ROWS: usize = 10_000;
/// Steps along the lists of names, about a nanosecond each; how much faster they are used up when there are enough; questions to the
/// table by name and date.
const WORK: usize = 350_000;
const LONGER: usize = 8;
const LOOKUPS: usize = 300;
/// People read side by side.
const GROUP: usize = 32;

/// What a search looks for.
#[derive(Clone)]
pub struct Sought {
    whole: Vec<Meant>,
    begun: Vec<Meant>,
    /// Where in the alphabet those words stand
    marks: Vec<u8>,
    /// Birth dates that may be the one asked for, the exact one first
    dates: Option<Vec<(u32, u32)>>,
    sex: Option<Sex>,
}

impl Sought {
    /// Looks for names with these unaccented words, or with words that begin so, in any order. A birth date as precise as known and
    /// a sex leave others out; who has no date is left out then.
    pub fn new(index: &Index, words: &[&str], birth: Option<BirthDate>, sex: Option<Sex>) -> Self {
        let meant =
            |begun| words.iter().map(|word| names::meant(&index.words, word, begun)).collect::<Vec<Meant>>();
        let begun = meant(true);
        // A word that no name has can only be one without a number: those have every mark.
        let marks = |meant: &Meant| meant.as_ref().map_or(u8::MAX, |words| index.words.marks(words));
        Self {
            marks: begun.iter().map(marks).collect(),
            whole: meant(false),
            begun,
            dates: birth.map(dates),
            sex: sex.filter(|sex| *sex != Sex::Unknown),
        }
    }

    fn is_sex(&self, row: &Row) -> bool {
        self.sex.is_none_or(|sex| row.sex() == sex)
    }

    /// How well words fit.
    fn fit(&self, words: &[u16]) -> Option<Fit> {
        let fit = |begun| move |order| Fit { begun, order };
        // A word that fits whole fits as a beginning, too.
        let begun = order(&self.begun, words)?;
        Some(order(&self.whole, words).map_or_else(|| fit(true)(begun), fit(false)))
    }
}

/// The dates on record that may be the one asked for, as far as both are known; the exact one first.
fn dates(birth: BirthDate) -> Vec<(u32, u32)> {
    let code = |date| date_code(date).map(|code| (code, code));
    let year = birth.year();
    let all = match birth {
        BirthDate::Day(day) => {
            [code(birth), code(BirthDate::Month { year, month: day.month() }), code(BirthDate::Year(year))]
        }
        BirthDate::Month { .. } => {
            [code(birth).map(|(month, _)| (month, month | 31)), code(BirthDate::Year(year)), None]
        }
        BirthDate::Year(_) => [code(birth), year_code(year).map(|first| (first + 1, first | 0x1ff)), None],
    };
    all.into_iter().flatten().collect()
}

/// How well a name fits, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    begun: bool,
    order: Order,
}

/// Whom a search may mean.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// Where they stand, who fits best first
    pub places: Vec<Place>,
    /// Whether that is everybody
    pub is_all: bool,
}

impl std::fmt::Debug for Sought {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sought").field("words", &self.whole.len()).finish_non_exhaustive()
    }
}

/// What was found, with how well it fits: the name, then the date.
type Ranked = Vec<((Fit, usize), Place)>;

impl Index {
    /// Appends those with a name of this signature, in force or former, whose date on record may be the one asked for, the exact
    /// date first; without one, whatever theirs is. Stops at `limit`. Compare the names: signatures are short.
    pub fn bearers(
        &self,
        name: Signature,
        birth: Option<BirthDate>,
        limit: usize,
        out: &mut Vec<Place>,
    ) -> Result<(), Doubt> {
        let dates = birth.map_or_else(|| vec![(0, u32::MAX)], dates);
        dates.into_iter().try_for_each(|date| self.born.find(name.as_u32(), date, limit, out))
    }

    /// Those who may be meant, the likeliest first, by a bounded amount of work: once about `most` are found it ends. Compare their
    /// names: a few more are given than are meant.
    pub fn seek(&self, sought: &Sought, most: usize) -> Result<Looked, Doubt> {
        self.seek_within(sought, most, ROWS)
    }

    /// The same, looking at no more than so many people one by one.
    pub(crate) fn seek_within(&self, sought: &Sought, most: usize, rows: usize) -> Result<Looked, Doubt> {
        if self.is_for_linkage {
            return Err(Doubt);
        }
        let mut found = Ranked::new();
        let mut many = Vec::new();
        match &sought.dates {
            None => many.push((0, (0, u32::MAX))),
            Some(dates) => {
                for (nth, date) in dates.iter().enumerate() {
                    let mut born = Vec::new();
                    let dates = (date.0.into(), date.1.into());
                    if self.dated.between(dates, &sought.marks, rows, &mut born)? {
                        self.seek_among(sought, nth, &born, &mut found)?;
                    } else {
                        many.push((nth, *date));
                    }
                }
            }
        }
        let is_all = many.is_empty() || self.seek_by_names(sought, &many, most, &mut found)?;
        found.sort_by_key(|(rank, _)| *rank);
        let is_all = is_all && found.len() <= most;
        let mut places: Vec<Place> = Vec::with_capacity(found.len().min(most));
        for (_, place) in found {
            if places.len() < most && !places.contains(&place) {
                places.push(place);
            }
        }
        Ok(Looked { places, is_all })
    }

    /// Looks at each of these people.
    fn seek_among(
        &self,
        sought: &Sought,
        nth: usize,
        people: &[Place],
        found: &mut Ranked,
    ) -> Result<(), Doubt> {
        for group in people.chunks(GROUP) {
            self.touch_rows(group);
            for place in group {
                let (page, at) = self.at(*place)?;
                let row = page.row(at).ok_or(Doubt)?;
                if sought.is_sex(row)
                    && let Some(fit) = self.fit(sought, page, at, row)?
                {
                    found.push(((fit, nth), *place));
                }
            }
        }
        Ok(())
    }

    fn touch_rows(&self, places: &[Place]) {
        let rows = places.iter().filter_map(|place| self.at(*place).ok().and_then(|(page, at)| page.row(at)));
        black_box(rows.fold(0, |touched, row| touched ^ row.bits));
    }

    /// How the name in force fits, else a former one.
    fn fit(&self, sought: &Sought, page: &PeoplePage, at: usize, row: &Row) -> Result<Option<Fit>, Doubt> {
        let mut words = [ANY; IN_ROW];
        let ids = row.syllables();
        let mut is_plain = !row.has(LONG_NAME | FORMER);
        for (to, id) in words.iter_mut().zip(ids) {
            *to = self.word(*id).unwrap_or(ANY);
            is_plain &= *to != ANY;
        }
        if is_plain {
            return Ok(sought.fit(words.get(..ids.len()).unwrap_or_default()));
        }
        if row.has(LONG_NAME | FORMER)
            && let Some(names) = self.names_beside(row, &page.extra(at)?)
        {
            let mut fits = names.iter().map(|name| if name.is_empty() { None } else { sought.fit(name) });
            let current = fits.next().flatten();
            return Ok(current.or_else(|| fits.flatten().min()));
        }
        let fit = |forms: &NameForms| {
            let word = |word| self.words.find(word).unwrap_or(ANY);
            sought.fit(&forms.unaccented().split(' ').map(word).collect::<Vec<_>>())
        };
        let facts = self.facts_at(page, at)?;
        let current = facts.name.as_ref().and_then(fit);
        Ok(current.or_else(|| facts.former_names.iter().filter_map(fit).min()))
    }

    /// The word of a displayed syllable. None where that is not one word.
    fn word(&self, syllable: u16) -> Option<u16> {
        let unaccented = usize::from(self.syllables.unaccented_of(syllable));
        self.word_of.get(unaccented).copied().filter(|word| *word != ANY)
    }

    /// The words of the name in force, none if there is no name, then of each former one. None where a syllable is not one word of the
    /// dictionary: those names must be read letter by letter.
    fn names_beside(&self, row: &Row, extra: &Extra) -> Option<Vec<Vec<u16>>> {
        let rest = match &extra.name {
            Rest::Nothing => &[],
            Rest::Syllables(rest) => rest.as_slice(),
            Rest::Text(_) => return None,
        };
        let current = row.syllables().iter().chain(rest).map(|id| self.word(*id)).collect();
        let former = |name: &String| {
            name.split(' ').map(|syllable| self.word(self.syllables.find_display(syllable)?)).collect()
        };
        std::iter::once(current).chain(extra.former_names.iter().map(former)).collect()
    }

    /// Goes from the names that fit to those who bear them; gives whether that was everybody.
    fn seek_by_names(
        &self,
        sought: &Sought,
        dates: &[(usize, (u32, u32))],
        most: usize,
        found: &mut Ranked,
    ) -> Result<bool, Doubt> {
        let spans: Vec<Span> = dates.iter().map(|(_, dates)| Span::of(*dates)).collect();
        let (mut is_all, mut lookups, mut work) = (true, 0, WORK);
        for begun in [false, true] {
            if begun && sought.begun == sought.whole {
                break;
            }
            let fitting = self.fitting_names(sought, begun, &spans, &mut work)?;
            is_all &= fitting.are_all;
            for group in fitting.names.chunks(GROUP) {
                self.touch_names(group, &spans);
                for (order, name, fitting) in group {
                    for (at, (span, (nth, _))) in spans.iter().zip(dates).enumerate() {
                        if fitting >> at & 1 == 0 {
                            continue;
                        }
                        lookups += 1;
                        if lookups > LOOKUPS || found.len() > most {
                            return Ok(false);
                        }
                        let mut places = Vec::new();
                        self.born.find_sex(name.as_u32(), span.dates, sought.sex, most + 1, &mut places)?;
                        let rank = (Fit { begun, order: *order }, *nth);
                        found.extend(places.into_iter().map(|place| (rank, place)));
                    }
                }
            }
            if found.len() >= most {
                return Ok(false);
            }
        }
        Ok(is_all)
    }

    fn touch_names(&self, names: &[FittingName], spans: &[Span]) {
        for (at, span) in spans.iter().enumerate() {
            let fitting = names.iter().filter(|(_, _, fitting)| fitting >> at & 1 == 1);
            self.touch_born(fitting.map(|(_, name, _)| (name.as_u32(), span.dates.0)));
        }
    }

    /// The names that fit, those that keep the order of the words first.
    fn fitting_names(
        &self,
        sought: &Sought,
        begun: bool,
        spans: &[Span],
        work: &mut usize,
    ) -> Result<Fitting, Doubt> {
        let asked = if begun { &sought.begun } else { &sought.whole };
        let (mut kept, mut changed, mut is_all) = (Vec::new(), Vec::new(), true);
        let mut candidates = Vec::new();
        for page in 0..self.names.len() {
            let page = self.names.get(page)?;
            let done = page.seek(asked, spans, &mut candidates, |order, words, name, fitting| {
                // Those with the whole words were taken before.
                if begun && names::order(&sought.whole, words).is_some() {
                    return true;
                }
                let to = if order == Order::Kept { &mut kept } else { &mut changed };
                if to.len() < LOOKUPS {
                    to.push((order, name, fitting));
                } else {
                    is_all = false;
                }
                kept.len() < LOOKUPS
            });
            // Enough are found in another order: those in their order are looked for a little longer.
            let done = if changed.len() < LOOKUPS { done } else { done * LONGER };
            *work = work.saturating_sub(done);
            if *work == 0 || kept.len() >= LOOKUPS {
                is_all = false;
                break;
            }
        }
        kept.append(&mut changed);
        kept.sort_unstable();
        kept.dedup();
        Ok(Fitting { names: kept, are_all: is_all })
    }
}

/// How a name fits, its signature, and a bit for each span in which bearers of it may be born.
type FittingName = (Order, Signature, u8);

/// Names that fit, and whether these are all.
struct Fitting {
    names: Vec<FittingName>,
    are_all: bool,
}
