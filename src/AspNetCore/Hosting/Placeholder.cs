namespace ActorSockets.AspNetCore.Hosting;

internal static class Placeholder;
