package dev.narrows.benchmarks;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.codec.Calibrator;
import dev.narrows.wire.codec.Codecs;
import dev.narrows.wire.codec.CutCodec;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time to encode and decode one item: one of the barista's bottleneck's size (1,000 elements) and a 64 × 56 × 56 map
 * (200,704), smooth and half zero like feature maps after a ReLU. {@code raw} and {@code fp16} are the baselines.
 *
 * <pre>
 * mvn -q -Dquickly -DskipTests package
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main CodecBenchmark
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CodecBenchmark {

    @Param({"4x10x25", "64x56x56"})
    public String map = "";

    @Param({"raw", "fp16", "q8", "q4"})
    public String codec = "";

    private CutCodec coding = Codecs.raw(List.of());
    private Map<String, Tensor> values = Map.of();
    private List<WireTensor> coded = List.of();

    @Setup
    public void prepare() {
        String[] axes = map.split("x", -1);
        long channels = Long.parseLong(axes[0]);
        long rows = Long.parseLong(axes[1]);
        long columns = Long.parseLong(axes[2]);
        List<TensorSpec> cut = List.of(new TensorSpec("map", DType.FLOAT32, List.of(-1L, channels, rows, columns)));
        int elements = (int) (channels * rows * columns);
        Random random = new Random(1);
        Calibrator calibrator = new Calibrator(cut);
        for (int item = 0; item < 16; item++) {
            values = Map.of("map", Tensor.of(item(elements, (int) columns, random), 1, channels, rows, columns));
            calibrator.add(values);
        }
        coding = switch (codec) {
            case "raw" -> Codecs.raw(cut);
            case "fp16" -> Codecs.fp16(cut);
            default -> calibrator.build(codec);
        };
        coded = coding.encode(values);
        Map<String, Tensor> back = decode();
        if (!coding.encode(back).get(0).data().equals(coded.get(0).data())) {
            throw new AssertionError("decoded: " + back + " (expected: values of the same code)");
        }
    }

    private static float[] item(int elements, int columns, Random random) {
        float[] before = new float[elements];
        float[] after = new float[elements];
        for (int i = 0; i < elements; i++) {
            double left = i == 0 ? 0 : before[i - 1];
            double upper = i < columns ? 0 : before[i - columns];
            before[i] = (float) (0.45 * (left + upper) + 0.4 * random.nextGaussian());
            after[i] = Math.max(0, before[i]);
        }
        return after;
    }

    @Benchmark
    public List<WireTensor> encode() {
        return coding.encode(values);
    }

    @Benchmark
    public Map<String, Tensor> decode() {
        return coding.decode(coded);
    }
}
