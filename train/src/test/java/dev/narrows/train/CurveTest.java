package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.MalformedException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurveTest {

    private static Curve two() {
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("accuracy", 0.1);
        scores.put("accuracy.speaker", 1.0 / 3);
        return Curve.empty()
                .with(new Curve.Point(1, 1e-3, 2.5, 0.125, Map.of("accuracy", 0.5)))
                .with(new Curve.Point(2, 1.0 / 7, Math.PI, 12.344, scores));
    }

    @Test
    void csv_ofACurve_isReadable() {
        assertThat(two().csv()).isEqualTo("""
                        epoch,rate,loss,seconds,accuracy,accuracy.speaker
                        1,0.001,2.5,0.13,0.5,
                        2,0.14285714285714285,3.141592653589793,12.34,0.1,0.3333333333333333
                        """);
    }

    @Test
    void parse_ofCsv_isTheCurveButForTheSecondsDigits() {
        Curve parsed = Curve.parse(two().csv());
        assertThat(parsed.csv()).isEqualTo(two().csv());
        assertThat(parsed.points().get(1).scores())
                .isEqualTo(two().points().get(1).scores());
        assertThat(parsed.points().get(1).scores().keySet()).containsExactly("accuracy", "accuracy.speaker");
        assertThat(Curve.parse(Curve.empty().csv()).points()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "epoch,rate\n",
                "epoch,rate,loss,seconds\n1,2\n",
                "epoch,rate,loss,seconds\n1,x,3,4\n",
                "epoch,rate,loss,seconds\n1,2,3,4,5\n",
                "epoch,rate,loss,seconds,accuracy\n1,2,3,4,\0\n",
            })
    void parse_ofDamagedText_isMalformed(String csv) {
        assertThatThrownBy(() -> Curve.parse(csv))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("curve");
    }

    @Test
    void point_keepsItsScores() {
        Map<String, Double> scores = new LinkedHashMap<>(Map.of("accuracy", 1.0));
        Curve.Point point = new Curve.Point(1, 1, 1, 1, scores);
        scores.clear();
        assertThat(point.scores()).containsEntry("accuracy", 1.0);
    }
}
