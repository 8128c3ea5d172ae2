package dev.narrows.cloud;

import dev.narrows.engine.SessionOptions;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnavailableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of a server by name: the path below the models' directory without its suffix. A bundle answers to the
 * name in its manifest too, unless another model lies under that name. Immutable once loaded; owns the models.
 */
final class Models implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Models.class);

    /** Words that would make a model's name end a path of the protocol. */
    private static final Set<String> RESERVED = Set.of("infer", "ready", "versions");

    private final Map<String, Model> ready;
    private final Map<String, String> reasons; // why a model is not ready, for senders: no directories
    private final List<ModelState> states;
    private final List<Model> owned;

    private Models(Map<String, Model> ready, Map<String, String> reasons, List<ModelState> states, List<Model> owned) {
        this.ready = ready;
        this.reasons = reasons;
        this.states = states;
        this.owned = owned;
    }

    /**
     * Loads what lies in the sources. A file that does not load is kept with its reason and stops no other.
     *
     * @throws InvalidException if a source does not exist or no model is found
     */
    static Models load(List<Path> sources, SessionOptions options) {
        List<ModelFiles.Found> files = new ArrayList<>();
        for (Path source : sources) {
            files.addAll(ModelFiles.in(source));
        }
        if (files.isEmpty()) {
            throw new InvalidException("models: none in " + sources + " (expected: bundles or ONNX files)");
        }
        ModelLoader loader = new ModelLoader(options);
        Map<String, Model> ready = new LinkedHashMap<>();
        Map<String, String> reasons = new LinkedHashMap<>();
        List<ModelState> states = new ArrayList<>();
        for (ModelFiles.Found file : files) {
            try {
                checkName(file.name(), ready.keySet());
                ready.put(file.name(), loader.load(file));
                reasons.remove(file.name());
                states.add(new ModelState(file.name(), file.path(), Optional.empty()));
            } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
                String reason = Fault.message(e);
                LOGGER.warn("{}: not loaded: {}", file.path(), reason);
                if (!ready.containsKey(file.name())) {
                    reasons.put(file.name(), new WithoutDirectories(file.path()).in(reason));
                }
                states.add(new ModelState(file.name(), file.path(), Optional.of(reason)));
            }
        }
        List<Model> owned = List.copyOf(ready.values());
        for (Model model : owned) {
            model.layout()
                    .manifestName()
                    .filter(name -> !reasons.containsKey(name))
                    .ifPresent(name -> ready.putIfAbsent(name, model));
        }
        return new Models(ready, reasons, List.copyOf(states), owned);
    }

    private static void checkName(String name, Set<String> taken) {
        for (String part : name.split("/", -1)) {
            if (RESERVED.contains(part)) {
                throw new InvalidException(
                        "model name: \"" + name + "\" (expected: none of " + RESERVED + " in its path)");
            }
        }
        if (taken.contains(name)) {
            throw new InvalidException("model name: \"" + name + "\" is taken by another file (expected: unique)");
        }
    }

    /**
     * The model of that name.
     *
     * @param version empty or {@link Model#VERSION}
     * @throws RefusedException if there is none
     * @throws UnavailableException if it did not load
     */
    Model get(String name, String version) {
        Model model = ready.get(name);
        if (model != null && (version.isEmpty() || version.equals(Model.VERSION))) {
            return model;
        }
        if (model != null) {
            throw new RefusedException(
                    Fault.UNKNOWN_MODEL,
                    "version: \"" + version + "\" (expected: " + Model.VERSION + "), model \"" + name + "\"");
        }
        String reason = reasons.get(name);
        if (reason != null) {
            throw new UnavailableException("model \"" + name + "\": not ready: " + reason);
        }
        throw new RefusedException(
                Fault.UNKNOWN_MODEL, "model: \"" + name + "\" (expected: one of " + ready.keySet() + ")");
    }

    /** Each file found, in the order in which they were loaded. */
    List<ModelState> states() {
        return states;
    }

    /** The names of the models that are ready. */
    Set<String> names() {
        return ready.keySet();
    }

    boolean anyReady() {
        return !ready.isEmpty();
    }

    @Override
    public void close() {
        owned.forEach(Model::close);
    }
}
