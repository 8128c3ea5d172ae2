package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TriedTest {

    private static final Tier TIER = new Tier("here", 2, 1, 1);
    private static final Int8Way WAY = new Int8Way(false, Int8Options.DEFAULT);
    private static final Recipe INT8 = Recipe.FUSED
            .then(new Recipe.Step(List.of(), List.of(16, 8), 2))
            .then(new Recipe.Step(List.of(), List.of(16, 8), 3))
            .inBytes(WAY, 1);

    @TempDir
    private Path directory;

    private static Trial of(Recipe recipe, double noise) {
        return new Trial("bytes", recipe.text(), 0.75, 5, 8, 1, 1 / 3.0, 0.3, 0.4, 9, 8, 7, 6, 0.9, noise, 1.25);
    }

    @Test
    void text_ofARecipe_saysWhatIsDoneInOrder() {
        assertThat(INT8.text()).isEqualTo("keep 16 8 > teach 2 > teach 3 > fuse > int8 minmax 8 bits nearest but 1");
        assertThat(Recipe.FUSED.text()).isEqualTo("fuse");
        assertThat(INT8.epochs()).isEqualTo(5);
        Int8Options other = new Int8Options(CalibrationMethod.MSE, 7, false, Rounding.GPTQ, ActivationGrid.UNSIGNED);
        assertThat(Recipe.FUSED.inBytes(new Int8Way(true, other), 0).text())
                .isEqualTo("fuse > int8 mse 7 bits gptq uncorrected equalized");
    }

    @Test
    void open_aFileOfAnEarlierRun_hasTheSameTrialsAndTheNewTiersLatencies() throws IOException {
        Path file = directory.resolve("tried.csv");
        Trial fused = of(Recipe.FUSED, Double.POSITIVE_INFINITY);
        Trial int8 = of(INT8, 21.5);
        Tried first = Tried.open(file, TIER);
        first.add(fused);
        first.add(int8);

        Tried again = Tried.open(file, Tier.slower(3, new TierProfile("", "here", 2, OptionalDouble.empty())));

        assertThat(again.size()).isEqualTo(2);
        assertThat(again.of(Recipe.FUSED)).contains(fused);
        assertThat(again.of(INT8)).contains(int8);
        assertThat(again.of(INT8.inBytes(WAY, 0))).isEmpty();
        assertThat(again.of(INT8.inBytes(new Int8Way(true, Int8Options.DEFAULT), 1)))
                .isEmpty();
        assertThat(Files.readAllLines(file))
                .hasSize(3)
                .first()
                .isEqualTo("id,stage,recipe,channels,epochs,bits,float_layers,latency_ratio,ratio_lower,ratio_upper,"
                        + "tier_ms,file_bytes,download_bytes,parameters,macs,accuracy,signal_to_noise_db,seconds");
        assertThat(Files.readAllLines(file).get(2)).contains(",0.3333333333333333,0.3,0.4,2.0,9,8,7,6,0.9,21.5,1.25");
    }

    @Test
    void open_aLineThatAKilledProcessLeft_isLeftOut() throws IOException {
        Path file = directory.resolve("tried.csv");
        Tried.open(file, TIER).add(of(Recipe.FUSED, 40));
        Files.writeString(file, Files.readString(file) + "0123,bytes,keep 16");

        Tried again = Tried.open(file, TIER);
        again.add(of(INT8, 20));

        assertThat(again.of(Recipe.FUSED)).isPresent();
        assertThat(Tried.open(file, TIER).size()).isEqualTo(2);
    }

    @Test
    void open_anotherFile_isRefused() throws IOException {
        Path other = Files.writeString(directory.resolve("other.csv"), "a,b\n1,2\n");
        Path damaged = Files.writeString(directory.resolve("damaged.csv"), Trial.HEADING + "\n1,2\n");

        assertThatThrownBy(() -> Tried.open(other, TIER))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("columns: \"a,b\"");
        assertThatThrownBy(() -> Tried.open(damaged, TIER))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("columns: 2 (expected: 18)");
    }
}
