package dev.narrows.zoo;

import java.util.Random;

/** How a layer's weights are drawn; biases begin at 0. */
public enum Initial {
    /**
     * Normal with variance 2 / fan-out (He et al. 2015, "Delving Deep into Rectifiers", equation 14): in front of a
     * batch normalisation and a ReLU.
     */
    HE_FAN_OUT,
    /**
     * Normal with variance 2 / fan-in (He et al. 2015, equation 10): in front of a ReLU where nothing normalises, so
     * that what flows forward keeps its scale whatever the widths.
     */
    HE_FAN_IN,
    /**
     * Uniform with variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010, "Understanding the difficulty of training
     * deep feedforward neural networks", equation 16): where no ReLU follows.
     */
    XAVIER;

    /**
     * Weights of a layer.
     *
     * @param fanIn products that each output sums
     * @param fanOut products that each input goes into, strides left aside; of a depthwise convolution that is the
     *     kernel, not the kernel × channels of some libraries
     */
    float[] draw(Random random, int elements, long fanIn, long fanOut) {
        float[] weights = new float[elements];
        double deviation = switch (this) {
            case HE_FAN_OUT -> Math.sqrt(2.0 / fanOut);
            case HE_FAN_IN -> Math.sqrt(2.0 / fanIn);
            case XAVIER -> Math.sqrt(2.0 / (fanIn + fanOut));
        };
        for (int i = 0; i < elements; i++) {
            double unit = this == XAVIER ? (2 * random.nextDouble() - 1) * Math.sqrt(3) : random.nextGaussian();
            weights[i] = (float) (unit * deviation);
        }
        return weights;
    }
}
