package dev.narrows.train;

import dev.narrows.graph.Network;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a teacher is listened to.
 *
 * @param teacher a network with as many outputs of as many classes as the student
 * @param inputs how the teacher takes the values
 * @param weight of the teacher's answers against the labels', 0 to 1; with 1 no labels are needed
 * @param temperature that softens both answers; 1 to 10 is usual
 * @param hints inner values to become alike: the teacher's by the student's; where the channels differ, their maps of
 *     attention
 * @param hintWeight of the hints beside the rest
 */
public record Distillation(
        Network teacher,
        Inputs inputs,
        double weight,
        double temperature,
        Map<String, String> hints,
        double hintWeight) {

    public static final double DEFAULT_WEIGHT = 0.7;
    public static final double DEFAULT_TEMPERATURE = 4;

    public Distillation {
        Range.require("weight of the teacher", weight, 0, 1);
        Range.require("temperature", temperature, 0.1, 100);
        Range.require("weight of the hints", hintWeight, 0, 1e6);
        hints = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(hints));
    }

    /** With the usual weight and temperature, and no hints. */
    public static Distillation of(Network teacher, Inputs inputs) {
        return new Distillation(teacher, inputs, DEFAULT_WEIGHT, DEFAULT_TEMPERATURE, Map.of(), 0);
    }
}
