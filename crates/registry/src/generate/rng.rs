//! A small generator of pseudo-random numbers that gives the same numbers on every machine:
//! `xoshiro256++` seeded through `SplitMix64` (Blackman and Vigna, <https://prng.di.unimi.it>). Not for secrets.

/// The next state and output of `SplitMix64`.
pub(crate) fn split_mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A stream of pseudo-random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Rng {
    a: u64,
    b: u64,
    c: u64,
    d: u64,
}

impl Rng {
    /// The stream with this number of this seed; streams do not depend on each other.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let a = split_mix(seed ^ split_mix(stream));
        let b = split_mix(a);
        let c = split_mix(b);
        Self { a, b, c, d: split_mix(c) }
    }

    fn next(&mut self) -> u64 {
        let result = self.a.wrapping_add(self.d).rotate_left(23).wrapping_add(self.a);
        let t = self.b << 17;
        self.c ^= self.a;
        self.d ^= self.b;
        self.b ^= self.c;
        self.a ^= self.d;
        self.c ^= t;
        self.d = self.d.rotate_left(45);
        result
    }

    /// A number below `n`; 0 when `n` is 0. The bias of multiply-and-shift, below n / 2^32, does not matter here.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let wide = (self.next() >> 32) * u64::from(n);
        u32::try_from(wide >> 32).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included; `low` when the range is empty.
    pub(crate) fn between(&mut self, low: i16, high: i16) -> i16 {
        let span = u32::try_from(i32::from(high) - i32::from(low) + 1).unwrap_or(0);
        low.saturating_add(i16::try_from(self.below(span)).unwrap_or(0))
    }

    /// True `p` times in a thousand.
    pub(crate) fn permille(&mut self, p: u32) -> bool {
        self.below(1_000) < p
    }

    /// True `p` times in a million.
    pub(crate) fn ppm(&mut self, p: u32) -> bool {
        self.below(1_000_000) < p
    }
}

/// Things to draw from, each with a weight.
#[derive(Clone, Debug)]
pub(crate) struct Weighted<T> {
    items: Vec<(u32, T)>,
    first: T,
    total: u32,
}

impl<T: Copy> Weighted<T> {
    /// None when nothing has a weight.
    pub(crate) fn new(weights: impl IntoIterator<Item = (u32, T)>) -> Option<Self> {
        let mut total = 0;
        let items: Vec<(u32, T)> = weights
            .into_iter()
            .filter(|(weight, _)| *weight > 0)
            .map(|(weight, item)| {
                total += weight;
                (total, item)
            })
            .collect();
        let first = items.first()?.1;
        Some(Self { items, first, total })
    }

    /// One of the things.
    pub(crate) fn pick(&self, rng: &mut Rng) -> T {
        let ticket = rng.below(self.total);
        let at = self.items.partition_point(|(until, _)| *until <= ticket);
        self.items.get(at).map_or(self.first, |(_, item)| *item)
    }

    /// The things, in the order given.
    pub(crate) fn items(&self) -> impl Iterator<Item = T> {
        self.items.iter().map(|(_, item)| *item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First outputs of `SplitMix64` from state 0, as published with Java's `SplittableRandom` and by Vigna.
    #[test]
    fn split_mix_vector() {
        assert_eq!(split_mix(0), 0xE220_A839_7B1D_CDAF);
        assert_eq!(split_mix(0x9E37_79B9_7F4A_7C15), 0x6E78_9E6A_A1B9_65F4);
    }

    /// Outputs of the reference xoshiro256++ from the state 1, 2, 3, 4.
    #[test]
    fn xoshiro_vector() {
        let mut rng = Rng { a: 1, b: 2, c: 3, d: 4 };
        assert_eq!([rng.next(), rng.next(), rng.next()], [41_943_041, 58_720_359, 3_588_806_011_781_223]);
    }

    #[test]
    fn weights_count() {
        let mut rng = Rng::new(1, 1);
        let coin = Weighted::new([(0, 'n'), (3, 'a'), (1, 'b')]).unwrap();
        let a = (0..40_000).filter(|_| coin.pick(&mut rng) == 'a').count();
        assert!((29_000..31_000).contains(&a), "{a}");
        assert!((0..1_000).all(|_| coin.pick(&mut rng) != 'n'));
        assert!(Weighted::<char>::new([(0, 'n')]).is_none());
    }
}
