package dev.narrows.train;

import dev.narrows.errors.MalformedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.InputArchive;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.OptimizerOptions;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.OptimizerParamGroupVector;
import org.bytedeco.pytorch.OutputArchive;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * One of libtorch's optimisers over given weights, in groups: those that decay and those that do not, of weights that are
 * new and of weights that came trained, which may learn at a lower rate. Owns its native state.
 */
final class Descent implements AutoCloseable {

    private final Optimizer optimizer;
    private final TensorVector parameters;
    private final List<Double> shares = new ArrayList<>(); // of the rate, by group

    /** @param weights leaves that want a gradient; they stay the caller's */
    Descent(OptimizerChoice choice, Collection<Tensor> weights) {
        this(choice, weights, List.of(), 1);
    }

    /**
     * @param weights leaves that want a gradient, as {@code trained}; they stay the caller's
     * @param trained weights that came trained
     * @param share of the rate that these learn at
     */
    Descent(OptimizerChoice choice, Collection<Tensor> weights, Collection<Tensor> trained, double share) {
        List<Tensor> all = new ArrayList<>(weights);
        all.addAll(trained);
        parameters = vector(all, weight -> true);
        Predicate<Tensor> decays = weight -> choice.decayAll() || weight.dim() > 1;
        try (PointerScope scope = new PointerScope()) {
            TensorVector first = vector(weights, decays);
            OptimizerOptions options = options(choice, choice.decay());
            optimizer = switch (choice.kind()) {
                case SGD -> new SGD(first, (SGDOptions) options);
                case ADAM -> new Adam(first, (AdamOptions) options);
                case ADAMW -> new AdamW(first, (AdamWOptions) options);
            };
            shares.add(1.0);
            group(vector(weights, decays.negate()), options(choice, 0), 1);
            if (!trained.isEmpty()) {
                group(vector(trained, decays), options(choice, choice.decay()), share);
                group(vector(trained, decays.negate()), options(choice, 0), share);
            }
            optimizer.retainReference(); // ours, beyond the scope
        }
    }

    private void group(TensorVector weights, OptimizerOptions options, double share) {
        optimizer.add_param_group(new OptimizerParamGroup(weights, options));
        shares.add(share);
    }

    private static TensorVector vector(Collection<Tensor> weights, Predicate<Tensor> wanted) {
        return new TensorVector(weights.stream().filter(wanted).toArray(Tensor[]::new));
    }

    private static OptimizerOptions options(OptimizerChoice choice, double decay) {
        return switch (choice.kind()) {
            case SGD -> {
                SGDOptions options = new SGDOptions(choice.rate());
                options.momentum().put(choice.momentum());
                options.nesterov().put(choice.nesterov());
                options.weight_decay().put(decay);
                yield options;
            }
            case ADAM -> {
                AdamOptions options = new AdamOptions(choice.rate());
                options.weight_decay().put(decay);
                yield options;
            }
            case ADAMW -> {
                AdamWOptions options = new AdamWOptions(choice.rate());
                options.weight_decay().put(decay);
                yield options;
            }
        };
    }

    void forgetGradients() {
        optimizer.zero_grad();
    }

    /** Scales the gradients down to a length of {@code most} together; returns their length before. */
    double clip(double most) {
        return torch.clip_grad_norm_(parameters, most);
    }

    void step(double rate) {
        try (PointerScope scope = new PointerScope()) {
            OptimizerParamGroupVector groups = optimizer.param_groups();
            for (int i = 0; i < groups.size(); i++) {
                groups.get(i).options().set_lr(rate * shares.get(i));
            }
            optimizer.step();
        }
    }

    /** @throws UncheckedIOException if the file cannot be written */
    void save(Path file) {
        try (PointerScope scope = new PointerScope()) {
            OutputArchive archive = new OutputArchive();
            optimizer.save(archive);
            archive.save_to(file.toString());
        } catch (RuntimeException e) { // libtorch's, whose first line is the message
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new UncheckedIOException(new IOException(message, e));
        }
    }

    /** @throws MalformedException if the file is none that {@link #save} wrote for such weights */
    void load(Path file) {
        try (PointerScope scope = new PointerScope()) {
            InputArchive archive = new InputArchive();
            archive.load_from(file.toString());
            optimizer.load(archive);
        } catch (RuntimeException e) {
            throw new MalformedException("checkpoint: no state of this optimiser, file \"" + file + "\"", e);
        }
    }

    @Override
    public void close() {
        optimizer.close();
        parameters.close();
    }
}
