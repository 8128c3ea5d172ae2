package dev.narrows.gradient;

/** How one ONNX operator is computed by differentiable functions of libtorch. */
@FunctionalInterface
interface Kernel {

    /** Reads the call's inputs and attributes, and gives it every output that the node names. */
    void run(Call call);
}
