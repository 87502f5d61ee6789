//! Bars with their names and values, as SVG that a browser and a repository's page show.
use std::fmt::Write as _;

/// A bar.
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) value: f64,
    /// Ours, or what stands beside it
    pub(crate) ours: bool,
}

/// A chart of bars in one unit.
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) unit: String,
    pub(crate) bars: Vec<Bar>,
    /// Where a line says what is aimed at
    pub(crate) aim: Option<f64>,
}

const WIDTH: f64 = 760.0;
/// For names, to the left of the bars
const NAMES: f64 = 270.0;
/// For values, to the right of them
const VALUES: f64 = 120.0;
const ROW: f64 = 30.0;
const TOP: f64 = 44.0;

impl Chart {
    pub(crate) fn svg(&self) -> String {
        let longest = self.bars.iter().map(|bar| bar.value).chain(self.aim).fold(f64::MIN_POSITIVE, f64::max);
        let scale = (WIDTH - NAMES - VALUES) / longest;
        let rows = ROW * self.bars.len() as f64;
        let height = TOP + rows + 28.0;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             font-family=\"system-ui, sans-serif\" font-size=\"14\">\n<title>{0}</title>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
             <text x=\"12\" y=\"26\" font-size=\"16\" font-weight=\"600\" fill=\"#16202e\">{0}</text>\n",
            escaped(&format!("{} ({})", self.title, self.unit)),
        );
        for (place, bar) in self.bars.iter().enumerate() {
            let y = TOP + ROW * place as f64;
            let (width, fill) = (bar.value * scale, if bar.ours { "#0b5fa5" } else { "#9aa7b5" });
            let _ = write!(
                svg,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#16202e\">{}</text>\n\
                 <rect x=\"{NAMES}\" y=\"{}\" width=\"{width:.1}\" height=\"20\" fill=\"{fill}\"/>\n\
                 <text x=\"{:.1}\" y=\"{}\" fill=\"#16202e\">{}</text>\n",
                NAMES - 10.0,
                y + 15.0,
                escaped(&bar.name),
                y,
                NAMES + width + 8.0,
                y + 15.0,
                rounded(bar.value),
            );
        }
        if let Some(aim) = self.aim {
            let x = NAMES + aim * scale;
            let _ = write!(
                svg,
                "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{}\" y2=\"{}\" stroke=\"#b3261e\" stroke-width=\"2\" \
                 stroke-dasharray=\"5 4\"/>\n<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\" fill=\"#b3261e\">aim {}</text>\n",
                TOP - 4.0,
                TOP + rows,
                TOP + rows + 18.0,
                rounded(aim),
            );
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Three digits that count, thousands apart.
pub(crate) fn rounded(value: f64) -> String {
    let digits = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else if value >= 0.1 {
        2
    } else {
        4
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if (0.99..1.0).contains(&value) { format!("{value:.5}") } else { grouped + rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_at_a_glance() {
        let read = [18_468.2, 999.6, 12.34, 3.7, 0.012_34, 0.999_95].map(rounded);
        assert_eq!(read, ["18,468", "1,000", "12.3", "3.70", "0.0123", "0.99995"]);
    }

    #[test]
    fn the_longest_bar_ends_before_its_value() {
        let bar = |name: &str, value| Bar { name: name.to_owned(), value, ours: true };
        let chart = Chart {
            title: "Rows & <more>".to_owned(),
            unit: "1/s".to_owned(),
            bars: vec![bar("ours", 10.0), bar("theirs", 5.0)],
            aim: Some(8.0),
        };
        let svg = chart.svg();
        assert!(svg.contains("width=\"370.0\"") && svg.contains("width=\"185.0\""), "{svg}");
        assert!(svg.contains("Rows &amp; &lt;more&gt; (1/s)") && svg.contains("aim 8.00"));
    }
}
