using System.Reflection;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Serialization;
using Akka.Actor;

namespace ActorSockets.Actors.Tests;

public sealed class ArchitectureTests
{
    private static readonly Assembly Actors = typeof(IConnectionTransport).Assembly;

    /// <summary>Not messages: parts of messages that happen to be declared beside them.</summary>
    private static readonly string[] Parts = ["Scope", "SessionView"];

    [Fact]
    public void The_actors_know_neither_the_web_server_nor_sockets()
    {
        var references = Actors.GetReferencedAssemblies().Select(a => a.Name!).ToArray();
        Assert.DoesNotContain(references, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.DoesNotContain(references, name => name.StartsWith("System.Net.WebSockets", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_message_is_sealed_and_either_stays_on_the_node_or_crosses_by_a_codec_of_ours()
    {
        var messages = Actors.GetTypes()
            .Where(t => t.Name.EndsWith("Protocol", StringComparison.Ordinal) || t.Name == "LifecycleEvents")
            .SelectMany(t => t.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic))
            .Where(t => t is { IsClass: true, IsAbstract: false } && !Parts.Contains(t.Name))
            .ToArray();

        Assert.True(messages.Length > 40, "the protocols were not found");
        Assert.All(messages, t =>
        {
            Assert.True(t.IsSealed, $"{t} is not sealed");
            Assert.True(
                typeof(INoSerializationVerificationNeeded).IsAssignableFrom(t) != typeof(IClusterMessage).IsAssignableFrom(t),
                $"{t} must say either that it stays on the node or that it crosses");
        });
    }
}
