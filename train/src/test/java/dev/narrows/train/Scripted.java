package dev.narrows.train;

import dev.narrows.data.Dataset;
import dev.narrows.gradient.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** One weight that falls with every step, and evaluations that are told beforehand. Owns the weight. */
final class Scripted implements Objective, AutoCloseable {

    private final Tensor weight =
            Torch.of(dev.narrows.engine.Tensor.of(new float[] {1}, 1)).set_requires_grad(true);
    private final double[] scores;
    private final List<Double> weights = new ArrayList<>();
    private final List<Map<String, Double>> told = new ArrayList<>();
    private int steps;
    private int nanFrom = Integer.MAX_VALUE;

    Scripted(double... scores) {
        this.scores = scores;
    }

    double[] scores() {
        return scores;
    }

    /** @param step from 1 */
    void lossIsNaNFrom(int step) {
        nanFrom = step;
    }

    double weight() {
        return weight.item_double();
    }

    /** @param epoch from 1 */
    double weightAtEpoch(int epoch) {
        return weights.get(epoch - 1);
    }

    @Override
    public Map<String, Tensor> parameters() {
        return Map.of("weight", weight);
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of("weight", weight);
    }

    @Override
    public void training(boolean on) {}

    @Override
    public Tensor loss(Tensor values, List<Tensor> targets, double progress) {
        steps++;
        return weight.sum().mul(new Scalar(steps >= nanFrom ? Double.NaN : 1.0));
    }

    @Override
    public Map<String, Double> evaluate(Dataset data) {
        weights.add(weight());
        return Map.of("score", scores[weights.size() - 1]);
    }

    @Override
    public void scored(Map<String, Double> scores) {
        told.add(scores);
    }

    /** What it was told of its epochs. */
    List<Map<String, Double>> told() {
        return told;
    }

    @Override
    public void close() {
        weight.close();
    }
}
