package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.MalformedException;
import dev.narrows.gradient.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescentTest {

    private static final double[] RATES = {0.1, 0.05, 0.2};
    private static final long[][] SHAPES = {{2, 3}, {3}, {2, 1, 2, 2}};

    /** One weight's element and what PyTorch's documentation keeps for it, in doubles. */
    private static final class Element {

        private double weight;
        private double first; // momentum, or Adam's first moment
        private double second;
        private int steps;

        Element(double weight) {
            this.weight = weight;
        }

        void step(OptimizerChoice choice, double rate, double gradient, boolean decays) {
            double decay = decays ? choice.decay() : 0;
            steps++;
            if (choice.kind() == OptimizerChoice.Kind.SGD) {
                double g = gradient + decay * weight;
                first = steps == 1 ? g : choice.momentum() * first + g;
                weight -= rate * (choice.nesterov() ? g + choice.momentum() * first : first);
                return;
            }
            boolean apart = choice.kind() == OptimizerChoice.Kind.ADAMW;
            double g = gradient + (apart ? 0 : decay * weight);
            weight *= apart ? 1 - rate * decay : 1;
            first = 0.9 * first + 0.1 * g;
            second = 0.999 * second + 0.001 * g * g;
            double mean = first / (1 - Math.pow(0.9, steps));
            double square = second / (1 - Math.pow(0.999, steps));
            weight -= rate * mean / (Math.sqrt(square) + 1e-8);
        }
    }

    /** Leaves of some shapes with values of a seed. */
    private static List<org.bytedeco.pytorch.Tensor> leaves(long seed, long[]... shapes) {
        List<org.bytedeco.pytorch.Tensor> leaves = new ArrayList<>();
        for (int i = 0; i < shapes.length; i++) {
            leaves.add(Torch.of(values(seed + i, shapes[i])).set_requires_grad(true));
        }
        return leaves;
    }

    private static Tensor values(long seed, long... shape) {
        int count = 1;
        for (long length : shape) {
            count *= (int) length;
        }
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextDouble() * 2 - 1);
        }
        return Tensor.of(values, shape);
    }

    /** Gradients of a seed, by way of a loss. */
    private static void gradients(Descent descent, List<org.bytedeco.pytorch.Tensor> leaves, long seed) {
        descent.forgetGradients();
        org.bytedeco.pytorch.Tensor loss = Terms.zero();
        for (int i = 0; i < leaves.size(); i++) {
            org.bytedeco.pytorch.Tensor gradient =
                    Torch.of(values(seed * 10 + i, leaves.get(i).shape()));
            loss = loss.add(leaves.get(i).mul(gradient).sum());
        }
        loss.backward();
    }

    private static List<float[]> floats(List<org.bytedeco.pytorch.Tensor> leaves) {
        return leaves.stream().map(leaf -> Torch.toHost(leaf).toFloats()).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sgd:momentum=0,decay=0",
                "sgd:momentum=0.9,decay=0",
                "sgd",
                "sgd:momentum=0.8,nesterov,decay=0.1",
                "sgd:momentum=0.8,nesterov,decay=0.1,decay-all",
                "adam",
                "adam:decay=0.1",
                "adam:decay=0.1,decay-all",
                "adamw",
                "adamw:decay=0.5",
                "adamw:decay=0.5,decay-all"
            })
    void step_threeTimes_isAsTheScalarOne(String text) {
        OptimizerChoice choice = OptimizerChoice.parse(text);
        try (PointerScope scope = new PointerScope()) {
            List<org.bytedeco.pytorch.Tensor> leaves = leaves(1, SHAPES);
            List<List<Element>> reference = new ArrayList<>();
            for (float[] values : floats(leaves)) {
                List<Element> elements = new ArrayList<>();
                for (float value : values) {
                    elements.add(new Element(value));
                }
                reference.add(elements);
            }
            try (Descent descent = new Descent(choice, leaves)) {
                for (int step = 0; step < RATES.length; step++) {
                    gradients(descent, leaves, step);
                    descent.step(RATES[step]);
                    for (int i = 0; i < SHAPES.length; i++) {
                        float[] gradient = values(step * 10L + i, SHAPES[i]).toFloats();
                        float[] made = floats(leaves).get(i);
                        boolean decays = choice.decayAll() || SHAPES[i].length > 1;
                        for (int at = 0; at < made.length; at++) {
                            Element element = reference.get(i).get(at);
                            element.step(choice, RATES[step], gradient[at], decays);
                            assertThat((double) made[at])
                                    .as("step " + step + ", weight " + i + "[" + at + "]")
                                    .isCloseTo(element.weight, within(1e-6));
                        }
                    }
                }
            }
        }
    }

    @Test
    void step_ofWhatCameTrained_isTheShareOfIt() {
        for (String text : List.of("sgd:momentum=0,decay=0.1", "adam:decay=0", "adamw:decay=0.1")) {
            try (PointerScope scope = new PointerScope()) {
                List<org.bytedeco.pytorch.Tensor> alike = leaves(4, SHAPES);
                List<org.bytedeco.pytorch.Tensor> leaves = leaves(4, SHAPES);
                List<org.bytedeco.pytorch.Tensor> trained = leaves(4, SHAPES);
                List<float[]> before = floats(leaves);
                List<org.bytedeco.pytorch.Tensor> all = new ArrayList<>(leaves);
                all.addAll(trained);
                OptimizerChoice choice = OptimizerChoice.parse(text);
                try (Descent descent = new Descent(choice, leaves, trained, 0.25);
                        Descent other = new Descent(choice, alike)) {
                    org.bytedeco.pytorch.Tensor loss = Terms.zero();
                    for (List<org.bytedeco.pytorch.Tensor> each : List.of(all, alike)) {
                        for (org.bytedeco.pytorch.Tensor leaf : each) {
                            loss = loss.add(leaf.square().sum());
                        }
                    }
                    loss.backward();
                    descent.step(0.1);
                    other.step(0.1);
                }
                assertThat(floats(leaves)).usingRecursiveComparison().isEqualTo(floats(alike));
                for (int i = 0; i < before.size(); i++) {
                    for (int at = 0; at < before.get(i).length; at++) {
                        float start = before.get(i)[at];
                        float whole = floats(leaves).get(i)[at] - start;
                        assertThat(whole).isNotZero();
                        assertThat(floats(trained).get(i)[at] - start).isCloseTo(whole / 4, within(1e-6f));
                    }
                }
            }
        }
    }

    @Test
    void decay_withoutAGradientOfTheLoss_shrinksMatricesOnly() {
        for (String text : List.of("sgd:decay=0.1,momentum=0", "adamw:decay=0.1")) {
            try (PointerScope scope = new PointerScope()) {
                List<org.bytedeco.pytorch.Tensor> leaves = leaves(2, SHAPES);
                List<float[]> before = floats(leaves);
                try (Descent descent = new Descent(OptimizerChoice.parse(text), leaves)) {
                    org.bytedeco.pytorch.Tensor loss = Terms.zero();
                    for (org.bytedeco.pytorch.Tensor leaf : leaves) {
                        loss = loss.add(leaf.sum().mul(new org.bytedeco.pytorch.Scalar(0.0)));
                    }
                    loss.backward();
                    descent.step(0.5);
                }
                assertThat(floats(leaves).get(1)).isEqualTo(before.get(1));
                for (int at = 0; at < 6; at++) {
                    assertThat(floats(leaves).get(0)[at]).isCloseTo(before.get(0)[at] * 0.95f, within(1e-6f));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd:nesterov", "adam", "adamw"})
    void state_savedAndLoaded_goesOnBitByBit(String text, @TempDir Path directory) {
        OptimizerChoice choice = OptimizerChoice.parse(text);
        Path file = directory.resolve("optimizer.pt");
        try (PointerScope scope = new PointerScope()) {
            List<org.bytedeco.pytorch.Tensor> leaves = leaves(3, SHAPES);
            List<org.bytedeco.pytorch.Tensor> others = new ArrayList<>();
            try (Descent descent = new Descent(choice, leaves)) {
                for (int step = 0; step < 3; step++) {
                    gradients(descent, leaves, step);
                    descent.step(RATES[step]);
                }
                descent.save(file);
                leaves.forEach(leaf -> others.add(leaf.detach().clone().set_requires_grad(true)));
                goOn(descent, leaves);
            }
            try (Descent descent = new Descent(choice, others)) {
                descent.load(file);
                goOn(descent, others);
            }
            assertThat(floats(others)).usingRecursiveComparison().isEqualTo(floats(leaves));
        }
    }

    private static void goOn(Descent descent, List<org.bytedeco.pytorch.Tensor> leaves) {
        for (int step = 3; step < 6; step++) {
            gradients(descent, leaves, step);
            descent.step(0.03);
        }
    }

    @Test
    void state_beforeAnyStep_canBeSavedAndLoaded(@TempDir Path directory) {
        Path file = directory.resolve("optimizer.pt");
        try (PointerScope scope = new PointerScope()) {
            List<org.bytedeco.pytorch.Tensor> leaves = leaves(4, SHAPES);
            try (Descent descent = new Descent(OptimizerChoice.DEFAULT, leaves)) {
                descent.save(file);
                descent.load(file);
                gradients(descent, leaves, 1);
                descent.step(0.1);
            }
        }
        assertThat(file).isNotEmptyFile();
    }

    @Test
    void load_ofADamagedFile_isMalformed(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("optimizer.pt"), new byte[] {1, 2, 3});
        try (PointerScope scope = new PointerScope();
                Descent descent = new Descent(OptimizerChoice.DEFAULT, leaves(5, SHAPES))) {
            assertThatThrownBy(() -> descent.load(file))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("optimizer.pt");
        }
    }

    @Test
    void load_ofOtherWeights_isMalformed(@TempDir Path directory) {
        Path file = directory.resolve("optimizer.pt");
        try (PointerScope scope = new PointerScope()) {
            try (Descent descent = new Descent(OptimizerChoice.DEFAULT, leaves(6, SHAPES))) {
                descent.save(file);
            }
            try (Descent descent = new Descent(OptimizerChoice.DEFAULT, leaves(6, SHAPES[0]))) {
                assertThatThrownBy(() -> descent.load(file)).isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void weights_ofOneKindOnly_areStepped() {
        for (long[] shape : SHAPES) {
            for (String text : List.of("sgd", "adam", "adamw:decay=0")) {
                try (PointerScope scope = new PointerScope()) {
                    List<org.bytedeco.pytorch.Tensor> leaves = leaves(7, shape);
                    float[] before = floats(leaves).get(0);
                    try (Descent descent = new Descent(OptimizerChoice.parse(text), leaves)) {
                        gradients(descent, leaves, 1);
                        descent.step(0.1);
                    }
                    assertThat(floats(leaves).get(0)).isNotEqualTo(before);
                }
            }
        }
    }

    @Test
    void clip_ofLongGradients_scalesAllTogether() {
        try (PointerScope scope = new PointerScope()) {
            List<org.bytedeco.pytorch.Tensor> leaves = leaves(8, SHAPES);
            try (Descent descent = new Descent(OptimizerChoice.DEFAULT, leaves)) {
                gradients(descent, leaves, 1);
                double before = length(leaves);
                float first = Torch.toHost(leaves.get(0).grad()).toFloats()[0];
                assertThat(descent.clip(100)).isCloseTo(before, within(1e-5));
                assertThat(length(leaves)).isCloseTo(before, within(1e-5));
                assertThat(descent.clip(0.5)).isCloseTo(before, within(1e-5));
                assertThat(length(leaves)).isCloseTo(0.5, within(1e-5));
                assertThat((double) Torch.toHost(leaves.get(0).grad()).toFloats()[0])
                        .isCloseTo(first * 0.5 / before, within(1e-5));
            }
        }
    }

    private static double length(List<org.bytedeco.pytorch.Tensor> leaves) {
        double sum = 0;
        for (org.bytedeco.pytorch.Tensor leaf : leaves) {
            for (float value : Torch.toHost(leaf.grad()).toFloats()) {
                sum += (double) value * value;
            }
        }
        return Math.sqrt(sum);
    }
}
