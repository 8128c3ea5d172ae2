package dev.narrows.train;

/**
 * What an exit is made of. At maps: a convolution (3 taps an axis, stride 2) with a ReLU unless it is left out, the mean of
 * each channel, a matrix product to the classes. At features: the matrix product alone.
 *
 * @param hidden channels of the convolution; 0 leaves it out
 */
public record ExitDesign(int hidden) {

    public static final ExitDesign DEFAULT = new ExitDesign(32);

    public ExitDesign {
        Range.atLeast("hidden channels", hidden, 0);
    }
}
