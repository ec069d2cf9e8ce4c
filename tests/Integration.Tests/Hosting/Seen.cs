using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace ActorSockets.Integration.Tests.Hosting;

/// <summary>Which requests ASP.NET Core got to see: none that the lean adapter took.</summary>
internal sealed class Seen : IStartupFilter
{
    private readonly ConcurrentQueue<string> _paths = new();

    public IReadOnlyList<string> Paths => [.. _paths];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, following) =>
        {
            _paths.Enqueue(context.Request.Path);
            return following(context);
        });
        next(app);
    };
}
