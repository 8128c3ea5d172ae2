package dev.narrows.benchmarks;

import com.google.gson.JsonObject;
import dev.narrows.device.Prediction;
import dev.narrows.device.Why;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.Tier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What became of the predictions of one codec. Thread-safe. */
final class LinkCutTally {

    private final String codec;
    private final Map<String, Integer> reasons = new TreeMap<>();
    private final List<Double> millis = new ArrayList<>();
    private int blackOuts;
    private int byCloud;
    private int bitEqual;
    private int sameLabel;
    private int right;
    private int inTime;
    private int undisturbed;
    private int undisturbedByCloud;

    LinkCutTally(String codec) {
        this.codec = codec;
    }

    synchronized void undisturbed(Prediction prediction) {
        undisturbed++;
        undisturbedByCloud += prediction.answeredBy() == Tier.CLOUD ? 1 : 0;
    }

    synchronized void add(Prediction prediction, Tensor own, long nanos, boolean blackOut) {
        boolean cloud = prediction.answeredBy() == Tier.CLOUD;
        Tensor answer = prediction.outputs().values().iterator().next();
        boolean equal = answer.sameBits(own);
        boolean label = argmax(answer) == argmax(own) && argmax(own) == prediction.index();
        bitEqual += equal ? 1 : 0;
        sameLabel += label ? 1 : 0;
        right += equal || (label && cloud && !codec.equals("raw")) ? 1 : 0;
        byCloud += cloud ? 1 : 0;
        blackOuts += blackOut ? 1 : 0;
        inTime += nanos <= LinkCut.DEADLINE.toNanos() + LinkCut.GRACE_MILLIS * 1_000_000 ? 1 : 0;
        millis.add(nanos / 1e6);
        reasons.merge(prediction.why().map(Why::reason).map(Enum::name).orElse("CLOUD_ANSWERED"), 1, Integer::sum);
    }

    synchronized boolean sound() {
        return right == millis.size() && inTime == millis.size();
    }

    synchronized JsonObject json() {
        List<Double> sorted = new ArrayList<>(millis);
        Collections.sort(sorted);
        JsonObject json = new JsonObject();
        json.addProperty("codec", codec);
        json.addProperty("predictions", sorted.size());
        json.addProperty("right", right);
        json.addProperty("inTime", inTime);
        json.addProperty("bitEqualToDevice", bitEqual);
        json.addProperty("sameLabelAsDevice", sameLabel);
        json.addProperty("blackOuts", blackOuts);
        json.addProperty("resets", sorted.size() - blackOuts);
        json.addProperty("answeredByCloud", byCloud);
        json.addProperty("answeredByDevice", sorted.size() - byCloud);
        JsonObject why = new JsonObject();
        reasons.forEach(why::addProperty);
        json.add("why", why);
        json.addProperty("p50Millis", quantile(sorted, 0.5));
        json.addProperty("p99Millis", quantile(sorted, 0.99));
        json.addProperty("slowestMillis", quantile(sorted, 1));
        json.addProperty("undisturbed", undisturbed);
        json.addProperty("undisturbedByCloud", undisturbedByCloud);
        return json;
    }

    private static double quantile(List<Double> sorted, double share) {
        double value = sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
        return Math.round(value * 100) / 100.0;
    }

    private static int argmax(Tensor scores) {
        float[] values = scores.toFloats();
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }
}
