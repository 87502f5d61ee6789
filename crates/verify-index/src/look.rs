//! A walk along everybody for those whose name may have certain words.
use crate::row::{FORMER, LONG_NAME, Row, year_code};
use crate::{Doubt, Index, Place};
use dancu_citizen::Sex;

/// What a walk looks for.
#[derive(Clone)]
pub struct Sought {
    /// For each word, in their order: which unaccented syllables may be meant, by their number
    words: Vec<Vec<bool>>,
    /// Syllables that are several words once their marks are gone: whoever has one is looked at
    several: Vec<bool>,
    year: Option<u32>,
    sex: Option<Sex>,
}

impl Sought {
    /// Looks for names with these unaccented words in this order, other words between them or not; with `begun`, for words that
    /// begin so. A year and a sex leave others out.
    pub fn new<'a>(
        index: &Index,
        words: impl Iterator<Item = &'a str>,
        begun: bool,
        year: Option<i16>,
        sex: Option<Sex>,
    ) -> Self {
        let syllables = index.syllables();
        let none = vec![false; usize::from(syllables.unaccented_len()) + 1];
        let set = |word: &str| {
            let mut set = none.clone();
            let exact = syllables.find_unaccented(word).filter(|_| !begun);
            let beginning = begun.then(|| syllables.unaccented_beginning(word));
            for id in exact.into_iter().chain(beginning.into_iter().flatten()) {
                set.get_mut(usize::from(id)).into_iter().for_each(|may| *may = true);
            }
            set
        };
        let is_several = |id| syllables.unaccented(id).is_some_and(|word| word.contains(' '));
        Self {
            words: words.map(set).collect(),
            several: (0..=syllables.unaccented_len()).map(is_several).collect(),
            // A year that no date has is no filter that lets everybody through.
            year: year.map(|year| year_code(year).unwrap_or(u32::MAX) >> 9),
            sex: sex.filter(|sex| *sex != Sex::Unknown),
        }
    }

    /// Whether somebody may be meant; who has a long name or a former one, may.
    fn may_be(&self, index: &Index, row: &Row) -> bool {
        if self.year.is_some_and(|year| row.date() >> 9 != year)
            || self.sex.is_some_and(|sex| row.sex() != sex)
        {
            return false;
        }
        if row.has(LONG_NAME | FORMER) {
            return true;
        }
        let mut wanted = self.words.iter();
        let mut next = wanted.next();
        for display in row.syllables() {
            let id = usize::from(index.syllables().unaccented_of(*display));
            if self.several.get(id) == Some(&true) {
                return true;
            }
            if next.is_some_and(|word| word.get(id) == Some(&true)) {
                next = wanted.next();
            }
        }
        next.is_none()
    }
}

impl std::fmt::Debug for Sought {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sought").field("words", &self.words.len()).finish_non_exhaustive()
    }
}

impl Index {
    /// Walks on from a page of people until one has some who may be meant; appends them and gives the page after it, none at the
    /// end. Compare their names: more are given than are meant.
    pub fn seek_page(
        &self,
        sought: &Sought,
        from: usize,
        out: &mut Vec<Place>,
    ) -> Result<Option<usize>, Doubt> {
        let before = out.len();
        for number in from..self.pages() {
            let page = self.people.get(number)?;
            let may = |at: &usize| page.row(*at).is_some_and(|row| sought.may_be(self, row));
            out.extend((0..page.len()).filter(may).filter_map(|at| crate::index::place(number, at)));
            if out.len() > before {
                return Ok(Some(number + 1));
            }
        }
        Ok(None)
    }
}
