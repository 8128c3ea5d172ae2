package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

    /** What stops a training from within. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static String uninterrupted = "";
    private static String uninterruptedCurve = "";

    @TempDir
    Path directory = Path.of("");

    @BeforeAll
    static void train() {
        TrainOptions whole = KilledTraining.options(Path.of("")).build();
        TrainOptions options = new TrainOptions(
                whole.epochs(),
                whole.batch(),
                whole.optimizer(),
                whole.schedule(),
                whole.trainedShare(),
                whole.clip(),
                whole.ema(),
                whole.mixUp(),
                whole.patience(),
                whole.augmentation(),
                whole.keepZeros(),
                whole.keepShared(),
                whole.startCounts(),
                whole.mixed(),
                whole.threads(),
                whole.workers(),
                whole.seed(),
                whole.settings(),
                Optional.empty());
        KilledTraining.Result result = KilledTraining.run(options, TrainingListener.NONE);
        uninterrupted = Fixture.hash(result.network());
        uninterruptedCurve = withoutSeconds(result.curve());
    }

    private static String withoutSeconds(Curve curve) {
        List<Curve.Point> points = curve.points().stream()
                .map(point -> new Curve.Point(point.epoch(), point.rate(), point.loss(), 0, point.scores()))
                .toList();
        return new Curve(points).csv();
    }

    private static TrainingListener stopsAtEpoch(int epoch) {
        return new TrainingListener() {
            @Override
            public void epoch(Curve.Point point) {
                if (point.epoch() == epoch) {
                    throw new Stopped();
                }
            }
        };
    }

    private static TrainingListener stopsAtStep(long step) {
        return new TrainingListener() {
            @Override
            public void step(long done, long of, double loss) {
                if (done == step) {
                    throw new Stopped();
                }
            }
        };
    }

    private void stop(TrainingListener listener) {
        TrainOptions options = KilledTraining.options(directory).build();
        assertThatThrownBy(() -> KilledTraining.run(options, listener)).isInstanceOf(Stopped.class);
    }

    /** Goes on to the end; returns the epochs behind which it resumed. */
    private List<Integer> goOn() {
        List<Integer> resumed = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void resumed(int epochs) {
                resumed.add(epochs);
            }
        };
        KilledTraining.Result result =
                KilledTraining.run(KilledTraining.options(directory).build(), listener);
        assertThat(withoutSeconds(result.curve())).isEqualTo(uninterruptedCurve);
        assertThat(Fixture.hash(result.network())).isEqualTo(uninterrupted);
        return resumed;
    }

    private List<String> entries() {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 9})
    void resume_behindAnEpoch_endsWithTheSameBits(int epoch) {
        stop(stopsAtEpoch(epoch));
        assertThat(entries()).containsExactly("epoch-" + epoch);
        assertThat(goOn()).containsExactly(epoch);
        assertThat(entries()).containsExactly("epoch-" + KilledTraining.EPOCHS);
    }

    @Test
    void resume_ofSeveralInterruptions_endsWithTheSameBits() {
        stop(stopsAtStep(3)); // before any checkpoint
        assertThat(entries()).isEmpty();
        stop(stopsAtStep(14)); // 6 steps make an epoch
        stop(stopsAtEpoch(3));
        stop(stopsAtStep(35));
        assertThat(goOn()).containsExactly(5);
    }

    @Test
    void resume_ofATrainingThatIsDone_givesItsResult() {
        assertThat(goOn()).isEmpty();
        assertThat(goOn()).containsExactly(KilledTraining.EPOCHS);
    }

    @Test
    void resume_besideHalfWrittenOnes_ignoresThem() throws IOException {
        stop(stopsAtEpoch(4));
        for (String name : List.of("epoch-5.part", "epoch-9.part", "epoch-x", "epochs-7")) {
            Files.createDirectory(directory.resolve(name));
            Files.writeString(directory.resolve(name).resolve("weights.pt"), "half");
        }
        assertThat(goOn()).containsExactly(4);
        assertThat(entries()).contains("epoch-x", "epochs-7").doesNotContain("epoch-5.part", "epoch-9.part");
    }

    @Test
    void resume_besideOlderOnes_takesTheNewest() throws IOException {
        stop(stopsAtEpoch(3));
        Files.createDirectory(directory.resolve("epoch-2")); // one that was about to be removed
        assertThat(goOn()).containsExactly(3);
        assertThat(entries()).containsExactly("epoch-" + KilledTraining.EPOCHS);
    }

    @Test
    void resume_withOtherSettings_isRefused() {
        stop(stopsAtEpoch(1));
        List<TrainOptions.Builder> others = List.of(
                KilledTraining.options(directory).epochs(11),
                KilledTraining.options(directory).batch(16),
                KilledTraining.options(directory).optimizer(OptimizerChoice.DEFAULT),
                KilledTraining.options(directory).schedule(Schedule.cosine(0)),
                KilledTraining.options(directory).ema(0.8),
                KilledTraining.options(directory).mixUp(0),
                KilledTraining.options(directory).clip(0),
                KilledTraining.options(directory).seed(12),
                KilledTraining.options(directory).mixed(true),
                KilledTraining.options(directory).patience(3),
                KilledTraining.options(directory).settings("loss focal"));
        for (TrainOptions.Builder builder : others) {
            assertThatThrownBy(() -> KilledTraining.run(builder.build(), TrainingListener.NONE))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageStartingWith("checkpoint: of another training")
                    .hasMessageContaining("epoch-1");
        }
        assertThat(KilledTraining.options(directory).workers(0).build().workers())
                .as("workers do not decide the result")
                .isZero();
        assertThat(goOn()).containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource({
        "weights.pt, 100",
        "best.pt, 100",
        "average.pt, 0",
        "optimizer.pt, 100",
        "curve.csv, 0",
        "curve.csv, 60",
        "weights.pt, -1",
        "settings.txt, -1",
        "curve.csv, -1",
        "sums.txt, 0",
        "sums.txt, 30",
        "sums.txt, -1"
    })
    void resume_fromADamagedFile_isMalformed(String file, int left) throws IOException {
        stop(stopsAtEpoch(1));
        Path path = directory.resolve("epoch-1").resolve(file);
        byte[] bytes = Files.readAllBytes(path);
        Files.delete(path);
        if (left >= 0) {
            Files.write(path, java.util.Arrays.copyOf(bytes, left));
        }
        assertThatThrownBy(() -> goOn())
                .isInstanceOf(MalformedException.class)
                .hasMessageStartingWith("checkpoint: ")
                .hasMessageContaining(file);
    }

    @Test
    void resume_fromBytesThatChanged_isMalformed() throws IOException {
        stop(stopsAtEpoch(1));
        Path path = directory.resolve("epoch-1").resolve("weights.pt");
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length / 3] ^= 0x10;
        Files.write(path, bytes);
        assertThatThrownBy(() -> goOn()).isInstanceOf(MalformedException.class).hasMessageContaining("weights.pt");
    }

    @Test
    void write_whereNoDirectoryCanBe_saysSo() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "in the way");
        TrainOptions options =
                KilledTraining.options(file.resolve("checkpoints")).build();
        assertThatThrownBy(() -> KilledTraining.run(options, TrainingListener.NONE))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("checkpoint: cannot be written")
                .hasMessageContaining("epoch-1");
    }

    private Process start(String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                KilledTraining.class.getName(),
                directory.toString()));
        command.addAll(List.of(more));
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void resume_ofAProcessThatWasKilled_endsWithTheSameBits() throws IOException, InterruptedException {
        Process killed = start("to be killed");
        try (BufferedReader lines = killed.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("epoch 1");
            assertThat(lines.readLine()).isEqualTo("epoch 2");
            killed.destroyForcibly(); // SIGKILL, wherever it is now
            assertThat(killed.waitFor()).isNotZero();
        }
        Process second = start();
        try (BufferedReader lines = second.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).matches("resumed [2-8]");
            List<String> rest = lines.lines().toList();
            assertThat(second.waitFor()).isZero();
            assertThat(rest.get(rest.size() - 1)).isEqualTo("hash " + uninterrupted);
        }
    }
}
