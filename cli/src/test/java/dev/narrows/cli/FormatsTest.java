package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Numbers, durations and tables as people read and write them. */
class FormatsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "640, 640 B",
        "571.6, 572 B",
        "999, 999 B",
        "999.7, 1.00 kB",
        "4000, 4.00 kB",
        "15840, 15.8 kB",
        "128000, 128 kB",
        "999499, 999 kB",
        "999600, 1.00 MB",
        "3814656, 3.81 MB",
        "9.3e18, 9300 PB"
    })
    void bytes_any_haveThreeDigitsAndAPrefix(double bytes, String expected) {
        assertThat(Quantity.bytes(bytes)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"14, 14", "954000, 954 k", "64200000, 64.2 M"})
    void count_any_hasNoUnit(double count, String expected) {
        assertThat(Quantity.count(count)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"300ms, PT0.3S", "1.5s, PT1.5S", "2min, PT2M", "0.25ms, PT0.00025S"})
    void duration_withUnit_isParsed(String text, Duration expected) {
        assertThat(new DurationConverter().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"300", "ms", "-1s", "1h", "1e3ms", "9999999999s"})
    void duration_other_isRefused(String text) {
        assertThatThrownBy(() -> new DurationConverter().convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void number_quotient_isDivided() {
        assertThat(Numbers.parse("scale", "1/255", "--scale")).isEqualTo(1 / 255.0);
        assertThatThrownBy(() -> Numbers.parse("scale", "1/0", "--scale"))
                .isInstanceOf(WrongUseException.class)
                .hasMessage("scale: \"1/0\" (expected: a finite number), --scale");
    }

    @Test
    void difference_any_isShortAndZeroIsPlain() {
        assertThat(Quantity.difference(3.2137e-7)).isEqualTo("3.2e-07 of the largest output");
        assertThat(Quantity.difference(0)).isEqualTo("0 (the same values)");
        assertThat(Quantity.difference(Double.NaN)).isEqualTo("NaN of the largest output");
    }

    @Test
    void table_any_alignsItsColumns() {
        StringWriter out = new StringWriter();

        new Table("name", ">bytes", "why")
                .row("a", "5", "")
                .row("größer", "12345", "so")
                .print(new PrintWriter(out, true));

        assertThat(out.toString().lines()).containsExactly("name    bytes  why", "a           5", "größer  12345  so");
    }
}
