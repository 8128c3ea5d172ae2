package dev.narrows.gradient;

import dev.narrows.engine.DType;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** libtorch's start, and tensors between its memory and ours. */
public final class Torch {

    static {
        // OpenBLAS brings a pool of spinning threads of its own beside libtorch's: together they cost a factor of 8.
        openblas_nolapack.blas_set_num_threads(1);
        if (!OneDnn.knowsCaches()) {
            // NNPACK takes what goes around oneDNN, and says at each convolution that it does not know this processor.
            torch.globalContext().setUserEnabledNNPACK(false);
        }
    }

    private Torch() {}

    /** Threads inside an operator, for the whole process. With 1 every run repeats bit by bit. */
    public static void threads(int threads) {
        torch.set_num_threads(threads);
    }

    /** Seeds every random choice of libtorch: dropout, noise, initial weights. */
    public static void seed(long seed) {
        torch.manual_seed(seed);
    }

    /**
     * A copy of a tensor in libtorch's memory.
     *
     * @throws UnsupportedException if libtorch has no such element type
     */
    public static Tensor of(dev.narrows.engine.Tensor tensor) {
        return of(tensor.bytes(), type(tensor.dtype()), tensor.shape());
    }

    /** A copy of a tensor in Java's memory; detached from the gradient's graph. */
    public static dev.narrows.engine.Tensor toHost(Tensor tensor) {
        DType dtype = dtype(tensor.scalar_type().intern());
        Tensor plain = tensor.detach().contiguous();
        return dev.narrows.engine.Tensor.of(dtype, copy(plain), plain.shape());
    }

    /** What a network's file holds, copied. */
    static Tensor of(ConstantTensor constant) {
        long[] shape = constant.dims().stream().mapToLong(Long::longValue).toArray();
        return of(constant.data(), type(constant.type(), constant.name()), shape);
    }

    /** The tensor's elements as a file holds them, in the constant's element type. */
    static ConstantTensor constant(ConstantTensor like, Tensor tensor) {
        Tensor plain = tensor.detach().to(type(like.type(), like.name())).contiguous();
        ByteBuffer data = copy(plain).order(ByteOrder.LITTLE_ENDIAN);
        return new ConstantTensor(like.name(), like.type(), like.dims(), data, List.of(), like.doc());
    }

    /** The values of an integer tensor. */
    public static long[] longs(Tensor tensor) {
        Tensor plain = tensor.detach().to(ScalarType.Long).contiguous();
        long[] values = new long[Math.toIntExact(plain.numel())];
        bytes(plain).asLongBuffer().get(values);
        return values;
    }

    public static Tensor of(long[] values) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(values.length * 8).order(ByteOrder.nativeOrder());
        bytes.asLongBuffer().put(values);
        return of(bytes, ScalarType.Long, new long[] {values.length});
    }

    private static Tensor of(ByteBuffer bytes, ScalarType type, long[] shape) {
        Tensor tensor = torch.empty(shape, new TensorOptions(type), null);
        if (bytes.hasRemaining()) {
            bytes(tensor).put(bytes.duplicate());
        }
        return tensor;
    }

    /** A contiguous tensor's elements in memory of Java's own, which outlives the tensor. */
    private static ByteBuffer copy(Tensor plain) {
        ByteBuffer source = bytes(plain);
        ByteBuffer copy = ByteBuffer.allocateDirect(source.remaining()).order(ByteOrder.nativeOrder());
        copy.put(source).flip();
        return copy;
    }

    /** The memory of a contiguous tensor; valid as long as the tensor is. */
    private static ByteBuffer bytes(Tensor tensor) {
        long size = tensor.numel() * tensor.element_size();
        if (size == 0) {
            return ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder());
        }
        return new BytePointer(tensor.data_ptr()).capacity(size).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    static ScalarType type(ElementType type, String name) {
        return switch (type) {
            case FLOAT -> ScalarType.Float;
            case DOUBLE -> ScalarType.Double;
            case FLOAT16 -> ScalarType.Half;
            case BFLOAT16 -> ScalarType.BFloat16;
            case INT64 -> ScalarType.Long;
            case INT32 -> ScalarType.Int;
            case INT16 -> ScalarType.Short;
            case INT8 -> ScalarType.Char;
            case UINT8 -> ScalarType.Byte;
            case BOOL -> ScalarType.Bool;
            default ->
                throw new UnsupportedException("element type: " + type
                        + " (expected: one that libtorch computes with), tensor \"" + name + "\"");
        };
    }

    private static ScalarType type(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> ScalarType.Float;
            case FLOAT64 -> ScalarType.Double;
            case FLOAT16 -> ScalarType.Half;
            case BFLOAT16 -> ScalarType.BFloat16;
            case INT64 -> ScalarType.Long;
            case INT32 -> ScalarType.Int;
            case INT16 -> ScalarType.Short;
            case INT8 -> ScalarType.Char;
            case UINT8 -> ScalarType.Byte;
            case BOOL -> ScalarType.Bool;
        };
    }

    private static DType dtype(ScalarType type) {
        return switch (type) {
            case Float -> DType.FLOAT32;
            case Double -> DType.FLOAT64;
            case Half -> DType.FLOAT16;
            case BFloat16 -> DType.BFLOAT16;
            case Long -> DType.INT64;
            case Int -> DType.INT32;
            case Short -> DType.INT16;
            case Char -> DType.INT8;
            case Byte -> DType.UINT8;
            case Bool -> DType.BOOL;
            default -> throw new UnsupportedException("element type: " + type + " (expected: one of DType)");
        };
    }
}
