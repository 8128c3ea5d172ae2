package dev.narrows.zoo;

/** An element-wise non-linearity. */
public enum Activation {
    RELU("relu"),
    /** min(max(x, 0), 6), as a Clip. */
    RELU6("relu6"),
    /** x · min(max(x / 6 + 1/2, 0), 1) (Howard et al. 2019, "Searching for MobileNetV3"). */
    HARD_SWISH("hardswish"),
    SIGMOID("sigmoid"),
    TANH("tanh");

    private final String label;

    Activation(String label) {
        this.label = label;
    }

    /** As options say it. */
    public String label() {
        return label;
    }

    static Activation of(String label) {
        for (Activation activation : values()) {
            if (activation.label.equals(label)) {
                return activation;
            }
        }
        throw new IllegalArgumentException(label);
    }
}
