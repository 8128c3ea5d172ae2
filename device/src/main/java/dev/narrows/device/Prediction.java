package dev.narrows.device;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.Tier;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The answer for one item, and how it came about.
 *
 * <p>{@code label}, {@code index} and {@code probability} are read from the network's class scores: the first
 * floating-point output that has one value for each label (or, in a bundle without labels, whose axes but one are 1).
 * Scores that are not already probabilities (all in [0, 1], summing to 1 within 0.01) count as logits and go through a
 * softmax; a single score that is no probability goes through the logistic function. A network without class scores, a
 * detector say, gives index -1, an empty label and a probability of NaN: look at {@code outputs}.
 *
 * <p>An item that an exit answered has the exit's logits for outputs, under the name that the exit's network gives them;
 * they go through a softmax at the exit's temperature.
 *
 * @param label the most probable class's name; its index as text if the bundle has no labels
 * @param index the most probable class
 * @param probability of that class, 0 to 1; calibrated if an exit answered
 * @param outputs all of the network's outputs for this item, by name, in the network's order; the logits of
 *     the exit that answered
 * @param answeredBy who ran the last segment: {@link Tier#DEVICE} or {@link Tier#CLOUD}
 * @param cut the exit's cut if one answered, else where the item was to be handed over; {@link dev.narrows.wire.bundle.Manifest#OUTPUT_CUT} if all of it was to
 *     be answered on the device
 * @param codec how the cut's tensors were coded; {@code raw} if none were
 * @param codeBytesUp bytes of the cut's coded tensors, headers apart; 0 if nothing was coded
 * @param codeBytesDown bytes of the answer's tensors; 0 if the cloud gave none
 * @param wireBytesUp HTTP bodies and headers given to the link, the latter as HTTP/1.1 would write them (HTTP/2 packs
 *     them smaller)
 * @param wireBytesDown HTTP bodies and headers that came back
 * @param timings where the time went
 * @param why why the device answered although a cloud was named, or {@link Reason#EXIT}; empty if the cloud answered, or
 *     none was named and no exit answered
 * @param exit the exit that answered; empty if the whole network did
 */
public record Prediction(
        String label,
        int index,
        double probability,
        Map<String, Tensor> outputs,
        Tier answeredBy,
        String cut,
        String codec,
        long codeBytesUp,
        long codeBytesDown,
        long wireBytesUp,
        long wireBytesDown,
        Timings timings,
        Optional<Why> why,
        Optional<Exit> exit) {

    public Prediction {
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }

    /**
     * The exit that answered, on the device.
     *
     * @param index among the bundle's exits, from 0
     * @param cut the name of its cut
     * @param confidence what its gate makes of the calibrated probabilities, 0 to 1: see {@link
     *     dev.narrows.wire.bundle.Gate#confidence}
     */
    public record Exit(int index, String cut, double confidence) {}

    /**
     * The output called {@code name}.
     *
     * @throws InvalidException if the network has no such output
     */
    public Tensor output(String name) {
        Tensor output = outputs.get(name);
        if (output == null) {
            throw new InvalidException("output: \"" + name + "\" (expected: one of " + outputs.keySet() + ")");
        }
        return output;
    }
}
