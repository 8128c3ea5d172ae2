package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CalibrationMethodTest {

    private static float[] normal(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static Histogram seen(float[]... items) {
        Histogram histogram = new Histogram();
        for (float[] item : items) {
            histogram.add(item);
        }
        return histogram;
    }

    @Test
    void histogram_thatWidens_countsAllValuesAndKnowsTheirPlaces() {
        float[] small = normal(10_000, 1);
        float[] large = normal(10_000, 2);
        for (int i = 0; i < large.length; i++) {
            large[i] *= 9;
        }

        Histogram histogram = seen(small, large);

        float[] all = new float[20_000];
        System.arraycopy(small, 0, all, 0, 10_000);
        System.arraycopy(large, 0, all, 10_000, 10_000);
        Arrays.sort(all);
        assertThat(histogram.total()).isEqualTo(20_000);
        assertThat(histogram.low()).isEqualTo(all[0]);
        assertThat(histogram.high()).isEqualTo(all[19_999]);
        for (double share : new double[] {0.01, 0.25, 0.5, 0.9, 0.999}) {
            assertThat(histogram.quantile(share))
                    .isCloseTo(all[(int) (share * 20_000)], within(3 * histogram.binWidth()));
        }
    }

    @Test
    void histogram_ofZerosFirst_countsThem() {
        Histogram histogram = seen(new float[100], new float[] {1, -1});

        assertThat(histogram.total()).isEqualTo(102);
        assertThat(histogram.quantile(0.5)).isCloseTo(0, within(2 * histogram.binWidth()));
    }

    @Test
    void histogram_ofNoNumbers_leavesThemOut() {
        Histogram histogram = seen(new float[] {Float.NaN, 1, Float.POSITIVE_INFINITY, -2});

        assertThat(histogram.total()).isEqualTo(2);
        assertThat(histogram.high()).isEqualTo(1);
        assertThat(seen(new float[] {Float.NaN}).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(CalibrationMethod.class)
    void range_any_holdsZeroAndIsWithinWhatWasSeen(CalibrationMethod method) {
        Histogram histogram = seen(normal(5_000, 3), normal(5_000, 4));

        Range range = method.range(histogram);

        assertThat(range.low()).isBetween(histogram.low(), 0.0);
        assertThat(range.high()).isBetween(0.0, histogram.high());
        assertThat(range.high()).isGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource(CalibrationMethod.class)
    void range_ofZerosAlone_isAGridAllTheSame(CalibrationMethod method) {
        Range.Grid grid = method.range(seen(new float[10])).unsigned();

        assertThat(grid.scale()).isPositive();
        assertThat(grid.zero()).isBetween(0, 255);
    }

    @ParameterizedTest
    @EnumSource(
            value = CalibrationMethod.class,
            names = {"PERCENTILE", "ENTROPY"})
    void range_withAnOutlier_clipsIt(CalibrationMethod method) {
        float[] values = normal(100_000, 5);
        values[17] = 100;

        assertThat(method.range(seen(values)).high()).isLessThan(30);
        assertThat(CalibrationMethod.MINMAX.range(seen(values)).high()).isEqualTo(100);
    }

    @Test
    void average_ofItems_isTheMeanOfTheirEnds() {
        Range range = CalibrationMethod.AVERAGE.range(seen(new float[] {-1, 4}, new float[] {-3, 2}));

        assertThat(range).isEqualTo(new Range(-2, 3));
    }

    @Test
    void mse_onAHeavyTail_errsLessThanMinmax() {
        float[] values = normal(50_000, 6);
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] * values[i] * values[i];
        }
        Histogram histogram = seen(values);

        assertThat(error(values, CalibrationMethod.MSE.range(histogram)))
                .isLessThan(error(values, CalibrationMethod.MINMAX.range(histogram)));
    }

    private static double error(float[] values, Range range) {
        Range.Grid grid = range.unsigned();
        double sum = 0;
        for (float value : values) {
            double step = Math.max(0, Math.min(255, Math.rint(value / grid.scale()) + grid.zero()));
            double error = (step - grid.zero()) * grid.scale() - value;
            sum += error * error;
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource(CalibrationMethod.class)
    void range_behindAReluWithManyZeros_reachesNearlyAllOfTheRest(CalibrationMethod method) {
        float[] values = normal(100_000, 8);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(0, values[i]);
        }

        Range range = method.range(seen(values));

        assertThat(range.low()).isZero();
        assertThat(range.high()).isGreaterThan(2.5); // beyond it lies half a per cent
    }
}
