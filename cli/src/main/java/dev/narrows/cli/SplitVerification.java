package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.engine.Chain;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Widening;
import dev.narrows.plan.ChainCheck;
import dev.narrows.plan.Packer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the written segments, run one after the other, compare with the whole network.
 *
 * @param items items they were run on
 * @param random whether those were made up
 * @param difference the largest difference of an output, relative to the output's largest magnitude
 * @param fromHalf the same against the float16 network that was widened before it was cut, outputs rounded to float16; 0 if
 *     none was
 */
record SplitVerification(int items, boolean random, double difference, double fromHalf) {

    boolean passed() {
        return difference <= Packer.CHAIN_TOLERANCE && fromHalf <= Packer.HALF_TOLERANCE;
    }

    /**
     * Runs both on each item; the segments are read back from their files.
     *
     * @param given the network before it was widened, or the same
     */
    static SplitVerification run(
            Terminal terminal,
            Network given,
            Network network,
            SplitFiles files,
            List<List<String>> cuts,
            List<Map<String, Tensor>> items,
            boolean random) {
        double difference = 0;
        double fromHalf;
        try (Session whole =
                        Session.open("the whole network", OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT);
                Chain chain = open(files, cuts);
                Progress progress = terminal.progress("verifying", items.size())) {
            for (Map<String, Tensor> item : items) {
                double one = ChainCheck.compare(whole, chain, List.of(item)).maxRelativeDifference();
                difference = Math.max(difference, one); // NaN, once there, stays
                progress.step();
            }
            fromHalf = Widening.isWidened(given, network) ? fromHalf(given, chain, items) : 0;
        }
        return new SplitVerification(items.size(), random, difference, fromHalf);
    }

    private static double fromHalf(Network given, Chain chain, List<Map<String, Tensor>> items) {
        if (items.isEmpty()) {
            return 0;
        }
        try (Session half =
                Session.open("the float16 network", OnnxWriter.write(given), Map.of(), SessionOptions.DEFAULT)) {
            return ChainCheck.compare(half, chain, items).maxRelativeDifference();
        }
    }

    private static Chain open(SplitFiles files, List<List<String>> cuts) {
        List<Session> sessions = new ArrayList<>();
        try {
            for (Path file : files.segments()) {
                Network segment = OnnxReader.read(file);
                sessions.add(Session.open(
                        String.valueOf(file.getFileName()),
                        OnnxWriter.write(segment),
                        Map.of(),
                        SessionOptions.DEFAULT));
            }
            return Chain.of(sessions, cuts);
        } catch (RuntimeException e) {
            sessions.forEach(Session::close);
            throw e;
        }
    }

    String text() {
        return (passed() ? "verified" : "FAILED") + ": the chain differs from the whole network by "
                + Quantity.difference(difference) + " on " + items
                + (random ? " random" : "") + (items == 1 ? " item" : " items");
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("items", items);
        json.addProperty("random", random);
        json.add("max_relative_difference", JsonOutput.number(difference));
        json.addProperty("tolerance", Packer.CHAIN_TOLERANCE);
        json.add("max_relative_difference_from_float16", JsonOutput.number(fromHalf));
        json.addProperty("float16_tolerance", Packer.HALF_TOLERANCE);
        json.addProperty("passed", passed());
        return json;
    }
}
