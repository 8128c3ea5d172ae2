package dev.narrows.benchmarks;

import com.google.gson.JsonObject;
import dev.narrows.augment.Augmentation;
import dev.narrows.augment.Augmentations;
import dev.narrows.augment.Clips;
import dev.narrows.augment.Description;
import dev.narrows.augment.Medium;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Microseconds of one core an item takes in each augmentation at its usual strength and in each preset (the thread's own
 * time, so that what else the machine does counts little), the copy of the item included: images of 1 × 28 × 28 and 3 × 32 × 32, sound of 32,000 samples at 16 kHz. {@code copy}, an item copied and
 * nothing else, is the baseline.
 *
 * <pre>
 * mvn -q -Dquickly -DskipTests package
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.AugmentationCosts
 * </pre>
 */
public final class AugmentationCosts {

    private static final String COMMAND =
            "java -cp \"benchmarks/target/classes:benchmarks/target/lib/*\" dev.narrows.benchmarks.AugmentationCosts";
    private static final List<long[]> IMAGES = List.of(new long[] {1, 28, 28}, new long[] {3, 32, 32});
    private static final List<long[]> SOUNDS = List.of(new long[] {1, 32_000});
    private static final int RATE = 16_000;
    private static final long WARM_UP_NANOS = 800_000_000;
    private static final long ROUND_NANOS = 60_000_000;
    private static final int ROUNDS = 9;
    /** Items between two looks at the clock. */
    private static final int BLOCK = 32;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private AugmentationCosts() {}

    public static void main(String[] arguments) {
        JsonObject data = new JsonObject();
        data.addProperty("unit", "microseconds of one core an item, median of " + ROUNDS + " rounds");
        List<float[]> voices = IntStream.range(0, 8)
                .mapToObj(place -> item(SOUNDS.get(0), 100 + place, -0.5))
                .toList();
        Clips others = new Clips(voices.size(), voices::get);
        data.add("image", measure("image", new Medium.Image(), IMAGES, 0));
        data.add("sound", measure("sound", new Medium.Sound(RATE, others), SOUNDS, -0.5));
        System.out.println(ResultFile.write("augmentation-costs", COMMAND, data));
    }

    private static JsonObject measure(String medium, Medium items, List<long[]> shapes, double least) {
        Map<String, String> specs = new TreeMap<>();
        for (Description description : Augmentations.describe()) {
            if (description.medium().equals(medium)) {
                // Whatever happens by chance happens here.
                specs.put(
                        description.usual().replaceAll("@.*", ""),
                        description.usual().replaceAll("@.*", "@1"));
            }
        }
        Augmentations.presets().keySet().stream()
                .filter(name -> name.startsWith(medium))
                .forEach(name -> specs.put(name, name));
        JsonObject rows = new JsonObject();
        rows.add("copy", row(Augmentation.NONE, shapes, least));
        specs.forEach((name, spec) -> rows.add(name, row(Augmentations.parse(spec, items), shapes, least)));
        rows.entrySet().forEach(entry -> System.out.println(entry.getKey() + " " + entry.getValue()));
        return rows;
    }

    private static JsonObject row(Augmentation augmentation, List<long[]> shapes, double least) {
        JsonObject row = new JsonObject();
        for (long[] shape : shapes) {
            double micros = micros(augmentation, shape, item(shape, 1, least));
            row.addProperty(Arrays.toString(shape), Math.round(100 * micros) / 100.0);
        }
        return row;
    }

    private static double micros(Augmentation augmentation, long[] shape, float[] item) {
        SplittableRandom random = new SplittableRandom(1);
        run(augmentation, shape, item, random, WARM_UP_NANOS);
        double[] rounds = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            rounds[round] = run(augmentation, shape, item, random, ROUND_NANOS);
        }
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    /** Microseconds an item over some time. */
    private static double run(
            Augmentation augmentation, long[] shape, float[] item, SplittableRandom random, long nanos) {
        long start = THREADS.getCurrentThreadCpuTime();
        long now = start;
        long items = 0;
        while (now - start < nanos) {
            for (int i = 0; i < BLOCK; i++) {
                float[] result = augmentation.apply(item.clone(), shape, random);
                if (result.length != item.length || Float.isNaN(result[result.length / 2])) {
                    throw new AssertionError(result.length + " values (expected: " + item.length + " numbers)");
                }
            }
            items += BLOCK;
            now = THREADS.getCurrentThreadCpuTime();
        }
        return (now - start) / 1e3 / items;
    }

    /** Values that change slowly, from {@code least} to {@code least + 1}. */
    private static float[] item(long[] shape, int seed, double least) {
        int length = 1;
        for (long axis : shape) {
            length *= (int) axis;
        }
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (least + 0.5 + 0.49 * Math.sin(i * 0.05 + seed) * Math.cos(i * 0.0007 * seed));
        }
        return values;
    }
}
