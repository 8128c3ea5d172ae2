package dev.narrows.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The modules' arrows, as the module graph draws them, and the rules that hold in all of them. */
class ArchitectureTest {

    /** Whom each module may know, itself apart. */
    private static final Map<String, List<String>> ARROWS = Map.ofEntries(
            Map.entry("errors", List.of()),
            Map.entry("graph", List.of("errors")),
            Map.entry("engine", List.of("errors")),
            Map.entry("wire", List.of("errors", "engine")),
            Map.entry("items", List.of("errors", "engine", "wire")),
            Map.entry("plan", List.of("errors", "graph", "engine", "wire", "items")),
            Map.entry("gradient", List.of("errors", "graph", "engine")),
            Map.entry("augment", List.of("errors")),
            Map.entry("data", List.of("errors", "engine", "wire", "items", "augment")),
            Map.entry("media", List.of("errors")),
            Map.entry("zoo", List.of("errors", "graph")),
            Map.entry(
                    "train",
                    List.of(
                            "errors",
                            "graph",
                            "engine",
                            "wire",
                            "plan",
                            "gradient",
                            "augment",
                            "data",
                            "media",
                            "zoo")),
            Map.entry("shrink", List.of("errors", "graph", "engine", "wire", "plan", "data", "train")),
            Map.entry("emulator", List.of("errors", "wire")),
            Map.entry("device", List.of("errors", "engine", "wire")),
            Map.entry("cloud", List.of("errors", "graph", "engine", "wire")),
            Map.entry(
                    "cli",
                    List.of(
                            "errors",
                            "graph",
                            "engine",
                            "wire",
                            "items",
                            "plan",
                            "gradient",
                            "augment",
                            "data",
                            "media",
                            "zoo",
                            "train",
                            "shrink",
                            "emulator",
                            "device",
                            "cloud")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.narrows");

    @Test
    void modules_all_areInTheGraph() {
        Set<String> modules = CLASSES.stream().map(type -> module(type)).collect(Collectors.toCollection(TreeSet::new));

        assertThat(modules).isEqualTo(new TreeSet<>(ARROWS.keySet()));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void module_any_knowsOnlyThoseThatItsArrowsReach(String module) {
        List<String> known = ARROWS.getOrDefault(module, List.of());
        noClasses()
                .that()
                .resideInAPackage(packages(module))
                .should()
                .dependOnClassesThat(
                        new DescribedPredicate<JavaClass>("belong to a module other than " + module + ", " + known) {
                            @Override
                            public boolean test(JavaClass type) {
                                String name = type.getPackageName();
                                return name.startsWith("dev.narrows.")
                                        && !module(type).equals(module)
                                        && !known.contains(module(type));
                            }
                        })
                .check(CLASSES);
    }

    static Set<String> modules() {
        return ARROWS.keySet();
    }

    @Test
    void libtorch_isKnownToWhatTrainsAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages("gradient"), packages("train"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void embeddedModules_useNothingThatAndroidHasNot() {
        noClasses()
                .that()
                .resideInAnyPackage(packages("errors"), packages("engine"), packages("wire"), packages("device"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "com.google.protobuf..",
                        "ai.onnx.proto..",
                        "java.net.http..",
                        "javax..",
                        "java.awt..",
                        "java.lang.reflect..")
                .check(CLASSES);
    }

    @Test
    void runtime_isKnownToTheEngineAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage(packages("engine"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.onnxruntime..")
                .check(CLASSES);
    }

    @Test
    void protobuf_isKnownToGraphAndCloudAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages("graph"), packages("cloud"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.protobuf..", "ai.onnx.proto..")
                .check(CLASSES);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("dev.narrows.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void names_sayWhatThingsAre() {
        String vague = "(?i)util|utils|common|helper|helpers|manager|impl";
        classes()
                .should(new com.tngtech.archunit.lang.ArchCondition<>("not be called " + vague) {
                    @Override
                    public void check(JavaClass type, com.tngtech.archunit.lang.ConditionEvents events) {
                        boolean bad = type.getSimpleName().matches(".*(Utils?|Common|Helpers?|Manager|Impl)")
                                || Arrays.stream(type.getPackageName().split("\\.", -1))
                                        .anyMatch(part -> part.matches(vague));
                        if (bad) {
                            events.add(com.tngtech.archunit.lang.SimpleConditionEvent.violated(type, type.getName()));
                        }
                    }
                })
                .check(CLASSES);
    }

    @Test
    void packages_areAllNullMarked() {
        Set<String> marked = CLASSES.stream()
                .filter(type -> type.getSimpleName().equals("package-info") && type.isAnnotatedWith(NullMarked.class))
                .map(JavaClass::getPackageName)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> all = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.startsWith("dev.narrows.cloud.oip")) // generated
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(marked).isEqualTo(all);
    }

    @Test
    void libraries_neverPrintAndNeverExit() {
        noClasses()
                .that()
                .resideOutsideOfPackage(packages("cli"))
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.narrows.cli")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
    }

    /** Such as {@code wire} for a class of {@code dev.narrows.wire.codec}. */
    private static String module(JavaClass type) {
        return type.getPackageName().split("\\.", -1)[2];
    }

    private static String packages(String module) {
        return "dev.narrows." + module + "..";
    }
}
