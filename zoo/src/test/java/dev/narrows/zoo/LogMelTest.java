package dev.narrows.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogMelTest {

    /** Natural logarithms of float32 powers, summed in another order than the reference's doubles. */
    private static final double TOLERANCE = 1e-3;

    private static Network network(Architecture architecture, int samples, int rate) {
        NetworkBuilder builder = NetworkBuilder.seeded(1);
        Value pcm = builder.input("pcm", List.of((long) samples));
        builder.output(LogMel.of(builder, pcm, rate, architecture));
        return builder.build("logmel", Map.of());
    }

    private static float[] logMel(Architecture architecture, float[] clip, int rate) {
        return Runs.get(
                        Runs.runForAll(network(architecture, clip.length, rate), Tensor.of(clip, 1, clip.length)),
                        "logmel")
                .toFloats();
    }

    /** Chirp, noise and silence. */
    private static float[] clip(int samples, int rate, long seed) {
        Random random = new Random(seed);
        float[] clip = new float[samples];
        for (int i = 0; i < samples * 3 / 4; i++) {
            double seconds = (double) i / rate;
            double chirp = 0.4 * Math.sin(2 * Math.PI * (200 + 2000 * seconds) * seconds);
            clip[i] = (float) (chirp + 0.05 * random.nextGaussian());
        }
        return clip;
    }

    @ParameterizedTest
    @CsvSource({
        "dscnn, 16000, 16000",
        "'dscnn:mels=24,window=40,hop=10,low=100,high=3500', 6000, 8000",
        "'cnn1d:mels=64,window=64,hop=32', 11025, 22050"
    })
    void of_seededClip_isTheReference(String spec, int samples, int rate) {
        Architecture architecture = Architecture.parse(spec);
        float[] clip = clip(samples, rate, 7);
        float[] actual = logMel(architecture, clip, rate);
        double[][] expected = reference(
                clip,
                rate,
                (int) Math.round(architecture.number("window") * rate / 1000),
                (int) Math.round(architecture.number("hop") * rate / 1000),
                architecture.whole("mels"),
                architecture.number("low"),
                Math.min(architecture.number("high"), rate / 2.0));

        assertThat(actual).hasSize(expected.length * expected[0].length);
        for (int band = 0; band < expected.length; band++) {
            for (int frame = 0; frame < expected[band].length; frame++) {
                assertThat((double) actual[band * expected[band].length + frame])
                        .as("band %d, frame %d", band, frame)
                        .isCloseTo(expected[band][frame], Offset.offset(TOLERANCE));
            }
        }
    }

    /** Frame by frame: Hann, DFT by its sum, power, triangles on the mel scale, logarithm; in doubles. */
    private static double[][] reference(
            float[] clip, int rate, int window, int hop, int mels, double low, double high) {
        int frames = 1 + (clip.length - window) / hop;
        double[][] logMel = new double[mels][frames];
        double energy = 0;
        double[] hann = new double[window];
        for (int i = 0; i < window; i++) {
            hann[i] = Math.pow(Math.sin(Math.PI * i / window), 2);
            energy += hann[i] * hann[i];
        }
        double lowest = 1127.01048 * Math.log(1 + low / 700); // the same scale by natural logarithms
        double step = (1127.01048 * Math.log(1 + high / 700) - lowest) / (mels + 1);
        for (int frame = 0; frame < frames; frame++) {
            double[] power = new double[window / 2 + 1];
            for (int bin = 0; bin < power.length; bin++) {
                double real = 0;
                double imaginary = 0;
                for (int i = 0; i < window; i++) {
                    double sample = clip[frame * hop + i] * hann[i];
                    real += sample * Math.cos(2 * Math.PI * bin * i / window);
                    imaginary -= sample * Math.sin(2 * Math.PI * bin * i / window);
                }
                power[bin] = (real * real + imaginary * imaginary) / energy;
            }
            for (int band = 0; band < mels; band++) {
                double[] edges = new double[3];
                for (int i = 0; i < 3; i++) {
                    edges[i] = 700 * (Math.exp((lowest + (band + i) * step) / 1127.01048) - 1);
                }
                double sum = 0;
                double weights = 0;
                for (int bin = 0; bin < power.length; bin++) {
                    double hertz = (double) bin * rate / window;
                    double weight = 0;
                    if (hertz > edges[0] && hertz < edges[1]) {
                        weight = (hertz - edges[0]) / (edges[1] - edges[0]);
                    } else if (hertz >= edges[1] && hertz < edges[2]) {
                        weight = (edges[2] - hertz) / (edges[2] - edges[1]);
                    }
                    sum += weight * power[bin];
                    weights += weight;
                }
                logMel[band][frame] = Math.log(sum / weights + 1e-6);
            }
        }
        return logMel;
    }

    @Test
    void of_whiteNoise_hasItsVarianceInEveryBand() {
        Random random = new Random(3);
        float[] noise = new float[64000];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) (0.1 * random.nextGaussian());
        }
        float[] logMel = logMel(Architecture.parse("dscnn"), noise, 16000);
        int frames = logMel.length / 40;
        for (int band = 0; band < 40; band++) {
            double mean = 0;
            for (int frame = 0; frame < frames; frame++) {
                mean += Math.exp(logMel[band * frames + frame]) / frames;
            }
            assertThat(mean).as("band %d", band).isBetween(0.007, 0.013);
        }
    }

    @Test
    void of_silence_isTheFloor() {
        float[] logMel = logMel(Architecture.parse("dscnn"), new float[8000], 16000);
        for (float value : logMel) {
            assertThat((double) value).isCloseTo(Math.log(1e-6), Offset.offset(1e-4));
        }
    }

    /** All that the front end holds is told from parameters by its name. */
    @Test
    void of_anyClip_holdsConstantsNamedFrontend() {
        Network network = network(Architecture.parse("dscnn"), 8000, 16000);

        assertThat(network.initializers().keySet())
                .containsExactlyInAnyOrder(
                        "frontend.dft",
                        "frontend.mel",
                        "frontend.floor",
                        "pcm.channel.axes",
                        "logmel.bn.gamma",
                        "logmel.bn.beta",
                        "logmel.bn.mean",
                        "logmel.bn.var");
    }

    @Test
    void of_impossibleOptions_isRefused() {
        assertThatThrownBy(() -> network(Architecture.parse("dscnn:mels=200"), 16000, 16000))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("mels: 200 (expected: fewer bands, or a longer window");
        assertThatThrownBy(() -> network(Architecture.parse("dscnn:low=5000"), 16000, 8000))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("low: 5000.0 Hz (expected: less than high, 4000.0 Hz)");
        assertThatThrownBy(() -> network(Architecture.parse("dscnn"), 399, 16000))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("samples: 399 (expected: a window of 400 at least)");
    }
}
