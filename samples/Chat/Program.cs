using ActorSockets.AspNetCore.Hosting;
using Chat;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddActorSockets(builder.Configuration, sockets => sockets.AddHub<ChatHub>(ChatHub.Name));
builder.Services.AddSingleton<Roster>();
builder.Services.AddSingleton<Room>();

var app = builder.Build();
app.MapActorSockets();
app.MapChatPage();

await app.RunAsync();
