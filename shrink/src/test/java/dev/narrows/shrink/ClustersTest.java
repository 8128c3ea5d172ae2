package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClustersTest {

    private static float[] gaussian(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double error(float[] values, float[] centroids) {
        double error = 0;
        for (float value : values) {
            double distance = (double) value - centroids[Clusters.nearest(centroids, value)];
            error += distance * distance;
        }
        return error;
    }

    /** The least error of any runs of the sorted values, by trying all. */
    private static double least(float[] sorted, int from, int count) {
        if (from == sorted.length) {
            return 0;
        }
        if (count == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double least = Double.POSITIVE_INFINITY;
        for (int to = from + 1; to <= sorted.length; to++) {
            double mean = 0;
            for (int i = from; i < to; i++) {
                mean += sorted[i] / (double) (to - from);
            }
            double own = 0;
            for (int i = from; i < to; i++) {
                own += (sorted[i] - mean) * (sorted[i] - mean);
            }
            least = Math.min(least, own + least(sorted, to, count - 1));
        }
        return least;
    }

    /** The paper's way: centroids evenly spread between the least and the largest value, then Lloyd's steps. */
    private static float[] evenlySpread(float[] values, int count) {
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        float[] centroids = new float[count];
        for (int k = 0; k < count; k++) {
            centroids[k] = sorted[0] + (sorted[sorted.length - 1] - sorted[0]) * k / (count - 1);
        }
        for (int step = 0; step < 200; step++) {
            double[] sums = new double[count];
            int[] sizes = new int[count];
            for (float value : sorted) {
                int nearest = Clusters.nearest(centroids, value);
                sums[nearest] += value;
                sizes[nearest]++;
            }
            for (int k = 0; k < count; k++) {
                centroids[k] = sizes[k] == 0 ? centroids[k] : (float) (sums[k] / sizes[k]);
            }
        }
        return centroids;
    }

    @ParameterizedTest
    @CsvSource({"1, 12, 1", "2, 12, 3", "3, 12, 4", "4, 11, 5", "5, 9, 8", "6, 9, 9"})
    void centroids_ofFewValues_areTheBestThatThereAre(long seed, int count, int clusters) {
        float[] values = gaussian(seed, count);
        float[] sorted = values.clone();
        Arrays.sort(sorted);

        float[] centroids = Clusters.centroids(values, clusters);

        assertThat(centroids).hasSizeLessThanOrEqualTo(clusters).isSorted();
        assertThat(error(values, centroids)).isCloseTo(least(sorted, 0, clusters), within(1e-6));
    }

    @ParameterizedTest
    @CsvSource({"1, 3000, 7", "2, 3000, 31", "3, 60000, 31", "4, 60000, 255"})
    void centroids_ofManyValues_areNoWorseThanThePapers(long seed, int count, int clusters) {
        float[] values = gaussian(seed, count);

        float[] centroids = Clusters.centroids(values, clusters);

        assertThat(centroids).hasSize(clusters);
        // rounding to float32 apart
        assertThat(error(values, centroids))
                .isLessThanOrEqualTo(1.0001 * error(values, evenlySpread(values, clusters)));
    }

    @Test
    void centroids_ofFewerValuesThanClusters_areTheValues() {
        float[] values = {3, -1, 3, 3, 0.5f, -1};

        assertThat(Clusters.centroids(values, 31)).containsExactly(-1, 0.5f, 3);
        assertThat(Clusters.centroids(new float[] {7, 7, 7}, 2)).containsExactly(7);
    }

    @Test
    void centroids_ofValuesFarFrom0_loseNoDigits() {
        float[] values = {10000.001f, 10000.002f, 10001.001f, 10001.002f};

        assertThat(Clusters.centroids(values, 2)).hasSize(2).satisfies(centroids -> {
            assertThat(centroids[0]).isCloseTo(10000.002f, within(0.002f));
            assertThat(centroids[1]).isCloseTo(10001.002f, within(0.002f));
        });
    }

    @Test
    void nearest_anyValue_isTheNearest() {
        float[] centroids = {-1, 0.5f, 2};

        assertThat(Clusters.nearest(centroids, -5)).isZero();
        assertThat(Clusters.nearest(centroids, -0.3f)).isZero();
        assertThat(Clusters.nearest(centroids, -0.2f)).isOne();
        assertThat(Clusters.nearest(centroids, 0.5f)).isOne();
        assertThat(Clusters.nearest(centroids, 9)).isEqualTo(2);
    }

    @Test
    void centroids_ofNothing_isRefused() {
        assertThatThrownBy(() -> Clusters.centroids(new float[0], 3))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("3 of 0 values");
    }
}
