package dev.narrows.engine;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** ONNX Runtime's environment, options and tensors in our words. */
final class Ort {

    private Ort() {}

    /** The process's one environment, made when first used; the runtime closes it when the process ends. */
    static OrtEnvironment environment() {
        return Holder.ENVIRONMENT;
    }

    /*
     * The runtime reads the process's command line when it starts, in a recursion as deep as the line is long: with
     * 4 KB of arguments (some 70 file names, or a class path spelt out) it overruns a Java thread's usual stack of 1 MB
     * and the process dies. So it is started on a thread of its own with a large one.
     */
    private static final long STACK_BYTES = 512L << 20; // reserved, not touched; the longest line Linux allows is 2 MB

    private static final class Holder {
        static final OrtEnvironment ENVIRONMENT = start();
    }

    /**
     * Threads of the pool that the process's sessions share if they want as many. A pool for each session would wake
     * cold threads at every cut (0.5 to 1 % of a chain of four, measured by ChainLatency in benchmarks).
     */
    private static final int SHARED_THREADS = Runtime.getRuntime().availableProcessors();

    /** Whether the environment has that pool: not if other code of the process started the runtime before us. */
    private static volatile boolean pooled;

    /** Not in Holder: another thread cannot run a lambda of a class that is still being initialised. */
    private static OrtEnvironment start() {
        FutureTask<OrtEnvironment> made = new FutureTask<>(Ort::environmentWithPool);
        new Thread(null, made, "narrows-runtime-start", STACK_BYTES).start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return made.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new dev.narrows.errors.ExecutionException(
                            "runtime: " + e.getCause() + " (expected: ONNX Runtime to start)", e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static OrtEnvironment environmentWithPool() throws OrtException {
        try (OrtEnvironment.ThreadingOptions pool = new OrtEnvironment.ThreadingOptions()) {
            pool.setGlobalIntraOpNumThreads(SHARED_THREADS);
            pool.setGlobalInterOpNumThreads(1);
            pool.setGlobalSpinControl(false);
            OrtEnvironment made =
                    OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "narrows", pool);
            pooled = true;
            return made;
        } catch (IllegalStateException e) {
            // There can be only one, and it has no pool: each session makes its own.
            return OrtEnvironment.getEnvironment();
        }
    }

    /** The runtime's form of the options; the caller closes it. */
    static OrtSession.SessionOptions sessionOptions(SessionOptions options) throws OrtException {
        OrtEnvironment unused = environment(); // tells whether there is a pool
        OrtSession.SessionOptions ort = new OrtSession.SessionOptions();
        try {
            String spinning = options.spinning() ? "1" : "0";
            ort.addConfigEntry("session.intra_op.allow_spinning", spinning);
            ort.addConfigEntry("session.inter_op.allow_spinning", spinning);
            if (pooled && options.threads() > 1 && options.threads() == SHARED_THREADS && !options.spinning()) {
                ort.disablePerSessionThreads();
            } else {
                ort.setIntraOpNumThreads(options.threads());
                ort.setInterOpNumThreads(1);
            }
            ort.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            ort.setOptimizationLevel(
                    switch (options.optimization()) {
                        case NONE -> OrtSession.SessionOptions.OptLevel.NO_OPT;
                        case BASIC -> OrtSession.SessionOptions.OptLevel.BASIC_OPT;
                        case EXTENDED -> OrtSession.SessionOptions.OptLevel.EXTENDED_OPT;
                        case ALL -> OrtSession.SessionOptions.OptLevel.ALL_OPT;
                    });
            return ort;
        } catch (OrtException | RuntimeException e) {
            ort.close();
            throw e;
        }
    }

    /** The tensor's memory as a native tensor, not copied; the caller closes it and keeps the tensor alive until then. */
    static OnnxTensor wrap(Tensor tensor) throws OrtException {
        return OnnxTensor.createTensor(environment(), tensor.bytes(), tensor.shape(), javaType(tensor.dtype()));
    }

    /** A copy of a native tensor in memory that Java owns. */
    static Tensor copy(OnnxTensor tensor, DType dtype) {
        TensorInfo info = tensor.getInfo();
        ByteBuffer bytes = tensor.getByteBuffer().order(ByteOrder.nativeOrder());
        return Tensor.of(dtype, bytes, info.getShape());
    }

    /** Our word for a type of the runtime, if we have one. Its Java names would merge signed and unsigned types. */
    static Optional<DType> dtype(TensorInfo info) {
        return switch (info.onnxType) {
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> Optional.of(DType.FLOAT32);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> Optional.of(DType.FLOAT16);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> Optional.of(DType.BFLOAT16);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> Optional.of(DType.FLOAT64);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> Optional.of(DType.INT8);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> Optional.of(DType.UINT8);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> Optional.of(DType.INT16);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> Optional.of(DType.INT32);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> Optional.of(DType.INT64);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> Optional.of(DType.BOOL);
            default -> Optional.empty();
        };
    }

    private static OnnxJavaType javaType(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            case BFLOAT16 -> OnnxJavaType.BFLOAT16;
            case FLOAT64 -> OnnxJavaType.DOUBLE;
            case INT8 -> OnnxJavaType.INT8;
            case UINT8 -> OnnxJavaType.UINT8;
            case INT16 -> OnnxJavaType.INT16;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case BOOL -> OnnxJavaType.BOOL;
        };
    }
}
